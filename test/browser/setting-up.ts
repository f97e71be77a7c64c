/** Settings → Security and the Setup Wizard. */
import * as z from 'zod';
import { call } from '../e2e/gateway-client.js';
import { shownToken, takeToken } from './new-key.js';
import type { Stage } from './stage.js';

const settingsSchema = z.object({ version: z.number(), values: z.record(z.string(), z.unknown()) });

export function settingUp(given: () => Stage): void {
  const settings = async () => settingsSchema.parse((await call(given().cloud.gatewayUrl, 'GET', '/admin/settings', { key: given().cloud.adminKey })).body);

  describe('Settings → Security', () => {
    it('shows what changes before MAX_REQUESTS_PER_MINUTE is adjusted, and brings the earlier version back', async () => {
      const page = await given().open('/settings/security');
      const limit = page.getByRole('textbox', { name: 'MAX_REQUESTS_PER_MINUTE', exact: true });
      await limit.fill('many');
      await page.getByText('must be a whole number from 0 to 600000').waitFor();
      await limit.fill('5000');
      await page.getByRole('button', { name: 'Review 1 change' }).click();
      await page.getByRole('dialog').getByRole('row', { name: 'MAX_REQUESTS_PER_MINUTE 0 5000' }).waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
      await page.getByText(/Version \d+ of the settings is saved/).waitFor();
      expect((await settings()).values['MAX_REQUESTS_PER_MINUTE']).toBe(5000);
      await page.getByRole('button', { name: 'Restore the defaults' }).click();
      await page.getByRole('dialog').getByRole('row', { name: 'MAX_REQUESTS_PER_MINUTE 5000 0' }).waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
      await page.getByText('The defaults are back').waitFor();
      expect((await settings()).values['MAX_REQUESTS_PER_MINUTE']).toBe(0);
    });
  });

  describe('the Setup Wizard', () => {
    it('sets REQUIRE_API_KEY and limits by a profile, makes the first key, and leads to the test fax', async () => {
      const { cloud, open } = given();
      const page = await open('/setup-wizard');
      const next = page.getByRole('button', { name: 'Next' });
      await page.getByRole('radio', { name: 'HIPAA' }).check({ force: true });
      await next.click();
      expect(await page.getByRole('switch', { name: 'REQUIRE_API_KEY' }).or(page.getByRole('checkbox', { name: 'REQUIRE_API_KEY' })).isChecked()).toBe(true);
      await next.click();
      await page.getByRole('textbox', { name: 'MAX_REQUESTS_PER_MINUTE' }).fill('9000');
      await next.click();
      await page.getByRole('textbox', { name: 'Name' }).fill('made by the wizard');
      await next.click();
      await page.getByRole('row', { name: 'MAX_REQUESTS_PER_MINUTE 0 9000' }).waitFor();
      await page.getByRole('button', { name: 'Apply and create the key' }).click();
      await page.getByRole('dialog').getByText('Key created').waitFor();
      const token = await shownToken(page);
      await takeToken(page);
      await page.getByRole('button', { name: /^Key made by the wizard/ }).waitFor();
      expect((await call(cloud.gatewayUrl, 'GET', '/auth/me', { key: token })).status).toBe(200);
      expect((await settings()).values).toMatchObject({ REQUIRE_API_KEY: true, MAX_REQUESTS_PER_MINUTE: 9000, DEFAULT_KEY_EXPIRY_DAYS: 90 });
      const { version } = await settings();
      await call(cloud.gatewayUrl, 'POST', '/admin/settings/restore', { key: cloud.adminKey, json: { version, restore_version: 0 } });
    });
  });
}
