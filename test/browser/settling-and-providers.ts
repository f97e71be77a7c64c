/** What an administrator does with a fax after it was accepted, and Settings → Providers. */
import type { Page } from 'playwright-core';
import { call, faxForm, readFax, until } from '../e2e/gateway-client.js';
import type { Stage } from './stage.js';

export function settlingAndProviders(given: () => Stage): void {
  const ask = (method: string, path: string, more: object = {}): ReturnType<typeof call> => call(given().cloud.gatewayUrl, method, path, { key: given().cloud.adminKey, ...more });
  const send = async (to: string, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    const form = faxForm(to);
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return readFax(await ask('POST', '/fax', { form })).id;
  };
  const untilState = (id: string, state: string): Promise<unknown> => until(() => ask('GET', `/admin/fax-jobs/${id}`), ({ body }) => JSON.stringify(body).includes(`"state":"${state}"`));
  const inDialog = (page: Page, name: string): Promise<void> => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

  describe('a job', () => {
    it('that waits is cancelled at once, and can be sent again as a new one', async () => {
      const id = await send('+15551234567', { send_at: new Date(Date.now() + 3_600_000).toISOString() });
      const page = await given().open(`/jobs/${id}`);
      await page.getByRole('button', { name: 'Cancel fax' }).click();
      await page.getByRole('dialog').getByText('never sent').waitFor();
      await inDialog(page, 'Cancel fax');
      await page.getByText('The fax is cancelled.').waitFor();
      await page.getByText('Cancelled', { exact: true }).first().waitFor();

      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Fax number' }).fill('call me');
      await inDialog(page, 'Send again');
      await page.getByRole('dialog').getByText("'to' must be E.164 or digits only").waitFor();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Fax number' }).fill('');
      await inDialog(page, 'Send again');
      await page.getByText('The fax is sent again, as a new job.').waitFor();
      await page.getByText('Sends again').waitFor();
      await page.getByText('Success', { exact: true }).first().waitFor();
    });

    it('whose outcome nobody knows is resolved by a person, once, with how that is known', async () => {
      const id = await send('+15555550004');
      await untilState(id, 'uncertain');
      const page = await given().open(`/jobs/${id}`);
      await page.getByRole('button', { name: 'Resolve' }).click();
      expect(await page.getByRole('dialog').getByRole('button', { name: 'Resolve', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('radio', { name: /It was delivered/ }).click();
      await page.getByRole('textbox', { name: 'How do you know?' }).fill('The ward has it on its desk');
      await inDialog(page, 'Resolve');
      await page.getByText('The fax is resolved.').waitFor();
      await page.getByText('Success', { exact: true }).first().waitFor();
      await page.getByRole('table', { name: 'Attempts' }).getByText('The ward has it on its desk').waitFor();
      expect(await page.getByRole('button', { name: 'Resolve', exact: true }).count()).toBe(0);
    });
  });

  describe('Settings → Providers', () => {
    it('names the provider in force, and each that can be set up', async () => {
      const page = await given().open('/settings/providers');
      const table = page.getByRole('table', { name: 'Providers' });
      await table.getByRole('row', { name: /dials nobody.*Default/ }).waitFor();
      for (const name of ['Sinch', 'Phaxio', 'Telnyx', 'SignalWire', 'Documo']) await table.getByRole('link', { name: new RegExp(name) }).waitFor();
    });

    it('keeps a secret out of sight: what is saved is never shown, and an emptied field leaves it', async () => {
      const page = await given().open('/settings/providers/phaxio');
      const fields = page.getByRole('form', { name: /Phaxio/ });
      await fields.getByRole('button', { name: 'Check and save' }).waitFor();
      for (const input of await fields.locator('input[type=password]').all()) await input.fill('correct-horse-battery');
      // There is no way to Phaxio from here: it can't be asked, and the person chooses.
      await fields.getByRole('button', { name: 'Check and save' }).click();
      await page.getByText('Phaxio could not be asked', { exact: true }).waitFor({ timeout: 45_000 });
      await page.getByRole('button', { name: 'Save without checking' }).click();
      await page.getByText(/^Phaxio is saved/).waitFor();
      await page.getByText('Set up, not used').waitFor();
      await page.reload();
      await page.getByRole('form', { name: /Phaxio/ }).waitFor();
      expect(await page.getByRole('form', { name: /Phaxio/ }).locator('input[type=password]').first().inputValue()).toBe('');
      expect((await ask('GET', '/admin/settings/providers')).text).not.toContain('correct-horse-battery');
      await page.getByRole('button', { name: 'Remove' }).click();
      await inDialog(page, 'Remove');
      await page.getByText('The credentials of Phaxio are removed.').waitFor();
    });

    it('reads a manifest before it asks for what the manifest wants', async () => {
      const page = await given().open('/settings/providers/new');
      await page.getByRole('textbox', { name: 'Manifest' }).fill('no manifest');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('This is no JSON object.').waitFor();
      await page.getByRole('textbox', { name: 'Manifest' }).fill(JSON.stringify({ manifest: 1, id: 'my-provider', name: 'My provider', secrets: { api_key: { words: 'The key' } } }));
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('form', { name: 'My provider' }).getByText('api_key', { exact: true }).waitFor();
    });
  });
}
