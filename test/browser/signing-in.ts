/** Who gets into the console, and what stays behind in the browser. */
import { createKey } from '../e2e/gateway-client.js';
import { storage } from './in-the-page.js';
import { signIn, type Stage } from './stage.js';

export function signingIn(given: () => Stage): void {
  describe('signing in', () => {
    it('is asked for first, refuses a wrong key in words, and leads to the address that was wanted', async () => {
      const { address, cloud, person } = given();
      const page = await (await person()).newPage();
      await page.goto(`${address}/jobs`);
      await page.getByRole('heading', { name: 'Admin Console' }).waitFor();
      await page.getByRole('textbox', { name: 'Admin key' }).fill('fbk_live_000000000000_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Invalid or missing API key').waitFor();
      await signIn(page, cloud.adminKey);
      await page.getByRole('heading', { name: 'Jobs' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/jobs');
    });

    it('leaves no key in any storage of the browser, and ends with signing out', async () => {
      const { cloud, open } = given();
      const page = await open('/api-keys');
      await page.getByRole('grid', { name: 'API Keys' }).waitFor();
      const stored = await storage(page);
      expect(stored).not.toContain(cloud.adminKey);
      expect(stored).not.toContain('fbk_');
      await page.getByRole('button', { name: 'Bootstrap key' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('textbox', { name: 'Admin key' }).waitFor();
    });

    it('offers only what the key may do, and says why not where somebody goes all the same', async () => {
      const { address, cloud, person } = given();
      const { token } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'keys only', scopes: ['keys:manage', 'fax:read'] });
      const page = await (await person()).newPage();
      await page.goto(`${address}/audit-log`);
      await signIn(page, token);
      await page.getByText('This page needs the scope admin').waitFor();
      const navigation = page.getByRole('navigation').filter({ has: page.getByRole('link', { name: 'API Keys' }) }).first();
      expect(await navigation.getByRole('link').allTextContents()).toEqual(['Faxbot', 'API Keys', 'Send Fax', 'Checks', 'API Auth']);
      await page.getByRole('link', { name: 'API Keys' }).click();
      await page.getByRole('link', { name: 'Create Key' }).click();
      await page.getByRole('checkbox', { name: 'admin' }).waitFor();
      expect(await page.getByRole('checkbox', { name: 'admin' }).isDisabled()).toBe(true);
      expect(await page.getByRole('checkbox', { name: 'fax:read' }).isDisabled()).toBe(false);
    });
  });
}
