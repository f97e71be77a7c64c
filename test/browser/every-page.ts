/** What holds on every page and dialog, light and dark, wide and narrow. */
import type { Page } from 'playwright-core';
import { call, createKey, sendFax, untilEnded } from '../e2e/gateway-client.js';
import { accessibilityProblems } from './accessibility.js';
import { everyDialog, wholeWalk } from './every-dialog.js';
import { focused, go, overflow } from './in-the-page.js';
import { signIn, type Stage } from './stage.js';

export function everyPage(given: () => Stage): void {
  const paths = async (): Promise<readonly string[]> => {
    const { cloud } = given();
    const { key_id } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'looked at', expires_at: null });
    const fax = await sendFax(cloud.gatewayUrl, cloud.adminKey, '+15551234567');
    const id = typeof fax.body === 'object' && fax.body !== null && 'id' in fax.body ? String(fax.body.id) : '';
    await untilEnded(cloud.gatewayUrl, cloud.adminKey, id);
    await call(cloud.gatewayUrl, 'GET', '/auth/me', { key: `fbk_live_${key_id}_wrong` });
    return [
      '/api-keys',
      '/api-keys/create',
      `/api-keys/${key_id}`,
      `/api-keys/${key_id}?tab=auth-events`,
      `/api-keys/${key_id}?tab=check`,
      `/api-keys/${key_id}?tab=history`,
      `/api-keys/${key_id}/edit`,
      '/api-keys/000000000000',
      '/send-fax',
      '/jobs',
      `/jobs/${id}`,
      '/diagnostics',
      '/diagnostics/api-auth',
      '/audit-log',
      '/settings/security',
      '/settings/providers',
      '/settings/providers/sinch',
      '/settings/providers/new',
      '/settings/sessions',
      '/setup-wizard',
      '/no-such-page',
    ];
  };

  describe('every page', () => {
    for (const dark of [false, true]) {
      it(`is accessible ${dark ? 'in the dark' : 'in the light'}, and says that the provider dials nobody`, async () => {
        const { address, cloud, person } = given();
        const page = await (await person({ dark })).newPage();
        await page.goto(address);
        await page.getByRole('textbox', { name: 'Admin key' }).waitFor();
        expect(await accessibilityProblems(page)).toEqual([]);
        await signIn(page, cloud.adminKey);
        for (const path of await paths()) {
          await show(page, path);
          await page.getByText('this gateway dials nobody').waitFor();
          expect({ path, problems: await accessibilityProblems(page) }).toEqual({ path, problems: [] });
        }
      }, wholeWalk);
    }

    it('fits a narrow screen', async () => {
      const page = await given().open('/api-keys', { narrow: true });
      for (const path of await paths()) {
        await show(page, path);
        const wider = await overflow(page);
        expect({ path, wider }).toEqual({ path, wider: 0 });
      }
    }, wholeWalk);

    it('can be used with the keyboard alone', async () => {
      const page = await given().open('/api-keys/create');
      await page.getByRole('textbox', { name: 'Name' }).waitFor();
      // The first field has the focus already.
      await page.keyboard.type('by keyboard');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByText('Key created').waitFor();
      await tabTo(page, 'Copy token');
      await page.keyboard.press('Enter');
      await page.getByText('Token copied').waitFor();
      await tabTo(page, 'Done');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'by keyboard' }).waitFor();
    });
  });

  describe('every dialog', () => everyDialog(given));
}

/** Goes there inside the console, and waits until nothing is loading. */
async function show(page: Page, path: string): Promise<void> {
  await go(page, path);
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${name}`);
}
