/** API Keys: create, copy, rotate, disable, edit, revoke, and what the audit log says of it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { call, createKey } from '../e2e/gateway-client.js';
import { clipboard } from './in-the-page.js';
import { createKeyByHand, selectKey, shownToken, takeToken } from './new-key.js';
import type { Stage } from './stage.js';

export function keysInTheConsole(given: () => Stage): void {
  const statusOf = async (token: string): Promise<number> => (await call(given().cloud.gatewayUrl, 'GET', '/auth/me', { key: token })).status;
  const openKey = async (wanted: object): Promise<{ page: Page; key_id: string; token: string }> => {
    const { cloud, open } = given();
    const key = await createKey(cloud.gatewayUrl, cloud.adminKey, wanted);
    return { page: await open(`/api-keys/${key.key_id}`), ...key };
  };
  const dialog = (page: Page) => page.getByRole('dialog');

  describe('API Keys', () => {
    it('creates a key with the chosen scopes and shows its token once, to copy and to download, with a warning before it is gone', async () => {
      const page = await given().open('/api-keys');
      const token = await createKeyByHand(page, { name: 'made by hand', scopes: ['fax:send', 'inbound:list'] });
      expect(token).toMatch(/^fbk_live_[0-9a-f]{12}_[0-9A-Za-z]+$/);
      await dialog(page).getByRole('button', { name: 'Done' }).click();
      await dialog(page).getByText('The token is not copied yet').waitFor();
      await dialog(page).getByRole('button', { name: 'Copy token' }).click();
      await dialog(page).getByText('Token copied').waitFor();
      expect(await clipboard(page)).toBe(token);
      const [file] = await Promise.all([page.waitForEvent('download'), dialog(page).getByRole('button', { name: 'Download' }).click()]);
      expect(readFileSync(await file.path(), 'utf8')).toContain(`API_KEY=${token}\n`);
      await dialog(page).getByRole('button', { name: 'Done' }).click();
      await dialog(page).waitFor({ state: 'detached' });
      expect(await page.content()).not.toContain(token);

      const { body } = await call(given().cloud.gatewayUrl, 'GET', '/auth/me', { key: token });
      expect(body).toMatchObject({ name: 'made by hand', scopes: ['fax:send', 'inbound:list'] });
      // Without being asked, a key ends: in three months.
      expect(body).toMatchObject({ expires_at: expect.stringMatching(/^\d{4}-/) });
    });

    it('says at its field what is wrong with a key, before it is sent', async () => {
      const page = await given().open('/api-keys/create');
      for (const scope of ['fax:send', 'fax:read']) await page.getByRole('checkbox', { name: scope }).uncheck({ force: true });
      await page.getByRole('textbox', { name: 'IP ranges' }).fill('somewhere');
      await page.getByRole('button', { name: 'Create Key' }).click();
      await page.getByText('Must name at least one scope.').waitFor();
      await page.getByText('Must be a range of addresses such as').waitFor();
    });

    it('rotates at once: the new token is shown, the old one is refused', async () => {
      const { page, token } = await openKey({ name: 'rotated at once' });
      await page.getByRole('button', { name: 'Rotate', exact: true }).click();
      await dialog(page).getByRole('radio', { name: 'It is refused at once' }).check({ force: true });
      await dialog(page).getByRole('button', { name: 'Rotate', exact: true }).click();
      await dialog(page).getByText('Key rotated').waitFor();
      const next = await shownToken(page);
      await takeToken(page);
      expect([await statusOf(token), await statusOf(next)]).toEqual([401, 200]);
    });

    it('rotates with an overlap: both tokens work while a countdown runs, until it is finished', async () => {
      const { page, token } = await openKey({ name: 'rotated gently' });
      await page.getByRole('button', { name: 'Rotate', exact: true }).click();
      await dialog(page).getByRole('button', { name: 'Rotate', exact: true }).click();
      await dialog(page).getByText('Key rotated').waitFor();
      const next = await shownToken(page);
      await takeToken(page);
      await page.getByText('Rotation under way').waitFor();
      expect(await page.getByTestId('countdown').textContent()).toMatch(/^(23 h 59 min|1 d 00 h)$/);
      expect([await statusOf(token), await statusOf(next)]).toEqual([200, 200]);
      await page.getByRole('button', { name: 'Finish now' }).click();
      await dialog(page).getByRole('button', { name: 'Finish', exact: true }).click();
      await page.getByText('is finished: only the new token works').waitFor();
      expect([await statusOf(token), await statusOf(next)]).toEqual([401, 200]);
    });

    it('takes a new token back that got lost', async () => {
      const { cloud } = given();
      const { page, key_id, token } = await openKey({ name: 'lost' });
      const { body } = await call(cloud.gatewayUrl, 'POST', `/admin/api-keys/${key_id}/rotate`, { key: cloud.adminKey, json: { overlap_seconds: 3600 } });
      const next = typeof body === 'object' && body !== null && 'token' in body ? String(body.token) : '';
      await page.reload();
      await page.getByRole('button', { name: 'Cancel rotation' }).click();
      await dialog(page).getByRole('button', { name: 'Take the new token back' }).click();
      await page.getByText('is cancelled: the old token goes on').waitFor();
      expect([await statusOf(token), await statusOf(next)]).toEqual([200, 401]);
    });

    it('disables and enables', async () => {
      const { page, token } = await openKey({ name: 'on and off' });
      for (const [item, verb, status] of [['Disable', 'Disable', 401] as const, ['Enable', 'Enable', 200] as const]) {
        await page.getByRole('button', { name: 'Actions' }).click();
        await page.getByRole('menuitem', { name: item }).click();
        await dialog(page).getByRole('button', { name: verb, exact: true }).click();
        await dialog(page).waitFor({ state: 'detached' });
        expect(await statusOf(token)).toBe(status);
      }
    });

    it('revokes only who types the name, from the same screen; then the key looks dead and the audit log has the change', async () => {
      const { cloud, open } = given();
      const { key_id, token } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'to be revoked' });
      const page = await open('/api-keys');
      await selectKey(page, 'to be revoked');
      await page.getByRole('button', { name: 'Revoke' }).click();
      const revoke = dialog(page).getByRole('button', { name: 'Revoke' });
      await dialog(page).getByRole('textbox').fill('to be');
      expect(await revoke.isDisabled()).toBe(true);
      await dialog(page).getByRole('textbox').fill('to be revoked');
      await revoke.click();
      await page.getByText('to be revoked is revoked').waitFor();
      expect(await statusOf(token)).toBe(401);
      const row = page.getByRole('row').filter({ has: page.getByRole('radio', { name: 'Select to be revoked' }) });
      await row.getByText('Revoked', { exact: true }).waitFor();
      expect(await row.locator('s').textContent()).toBe('to be revoked');

      await page.getByRole('link', { name: 'Audit log' }).click();
      await page.getByRole('searchbox', { name: 'Search' }).fill(key_id);
      await page.getByRole('button', { name: 'Key revoked' }).waitFor();
      await page.getByRole('button', { name: 'Key created' }).nth(1).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Key created' }).waitFor();
      await page.getByRole('button', { name: 'Verify chain' }).click();
      await page.getByText(/^Whole: /).waitFor();
    });

    it('gives two administrators who edit one key a choice', async () => {
      const { cloud, open } = given();
      const { key_id } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'edited twice', note: 'before' });
      const page = await open(`/api-keys/${key_id}/edit`);
      await page.getByRole('textbox', { name: 'Note' }).fill('mine');
      await call(cloud.gatewayUrl, 'PATCH', `/admin/api-keys/${key_id}`, { key: cloud.adminKey, json: { version: 1, name: 'renamed by another' } });
      await page.getByRole('button', { name: 'Save' }).click();
      await dialog(page).getByText('Somebody else changed this key').waitFor();
      expect(await dialog(page).getByRole('table').textContent()).toContain('renamed by another');
      await dialog(page).getByRole('button', { name: 'Apply mine on top' }).click();
      await page.getByText('renamed by another is saved').waitFor();
      const { body } = await call(cloud.gatewayUrl, 'GET', `/admin/api-keys/${key_id}`, { key: cloud.adminKey });
      expect(body).toMatchObject({ name: 'renamed by another', note: 'mine' });
    });

    it('says why a key is refused, by its history and by a dry run', async () => {
      const { page, key_id } = await openKey({ name: 'reads only', scopes: ['fax:read'] });
      await call(given().cloud.gatewayUrl, 'GET', '/auth/me', { key: `fbk_live_${key_id}_wrong` });
      await page.getByRole('tab', { name: 'Why did it fail?' }).click();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.getByText('It would be refused').waitFor();
      await page.getByText(/lacks .*fax:send|fax:send/).first().waitFor();
    });

    it('finds keys by property', async () => {
      const { cloud, open } = given();
      for (const name of ['needle', 'hay']) await createKey(cloud.gatewayUrl, cloud.adminKey, { name, owner: 'stack' });
      const page = await open('/api-keys');
      await page.getByRole('combobox', { name: 'Find keys' }).fill('needle');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'hay', exact: true }).waitFor({ state: 'detached' });
      expect(await page.getByRole('link', { name: 'needle', exact: true }).isVisible()).toBe(true);
    });
  });
}
