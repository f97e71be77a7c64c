/** Send Fax, the example beside it, Jobs, and Diagnostics → API Auth. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { call, createKey, untilEnded } from '../e2e/gateway-client.js';
import { clipboard } from './in-the-page.js';
import { createKeyByHand, takeToken } from './new-key.js';
import type { Stage } from './stage.js';

const execute = promisify(execFile);
const document = join(__dirname, '..', '..', 'document.pdf');

export function sendingAndJobs(given: () => Stage): void {
  const fill = async (page: Page, to: string, file = document): Promise<void> => {
    await page.getByRole('textbox', { name: 'Fax number' }).fill(to);
    await page.locator('input[type=file]').setInputFiles(file);
  };
  const send = (page: Page): Promise<void> => page.getByRole('form', { name: 'Send Fax' }).getByRole('button', { name: 'Send Fax' }).click();
  const job = async (id: string): Promise<unknown> => (await call(given().cloud.gatewayUrl, 'GET', `/admin/fax-jobs/${id}`, { key: given().cloud.adminKey })).body;
  const idOfSent = async (page: Page): Promise<string> => (await page.getByTestId('job-id').textContent()) ?? '';

  describe('Send Fax', () => {
    it('queues a test with the key that was just created, which the job names, and which moves to its end by itself, also in Jobs', async () => {
      const page = await given().open('/api-keys');
      const token = await createKeyByHand(page, { name: 'smoke test', scopes: ['fax:send', 'fax:read'] });
      await takeToken(page);
      await page.getByRole('link', { name: 'Send Fax' }).first().click();
      await page.getByRole('button', { name: /^Key smoke test/ }).waitFor();
      await fill(page, '+15551234567');
      await page.getByText('1 page, by what the PDF says').waitFor();
      await send(page);
      await page.getByText('Fax accepted').waitFor();
      const id = await idOfSent(page);
      expect(await job(id)).toMatchObject({ created_by: token.split('_')[2], pages: 1 });
      await page.getByText('Success', { exact: true }).first().waitFor();

      await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
      const row = page.getByRole('row').filter({ has: page.locator(`a[href="/jobs/${id}"]`) });
      await row.getByText('Success').waitFor();
      await row.getByRole('link').click();
      await page.getByRole('table', { name: 'Attempts' }).getByText('Success', { exact: true }).waitFor();
      const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'View document' }).click()]);
      await opened.close();
      // To S3, by an address that is good for a short time.
      expect(await page.evaluate(`fetch('/api/fax/${id}/pdf', { redirect: 'manual' }).then(({ type }) => type)`)).toBe('opaqueredirect');
    });

    it('shows states in Jobs as they move, without reloading', async () => {
      const { cloud, open } = given();
      const page = await open('/jobs');
      await page.getByRole('grid', { name: 'Jobs' }).waitFor();
      const { body } = await call(cloud.gatewayUrl, 'POST', '/fax', { key: cloud.adminKey, form: formOf('+15555550006') });
      const id = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
      const row = page.getByRole('row').filter({ has: page.locator(`a[href="/jobs/${id}"]`) });
      await row.getByText('Failed').waitFor();
    });

    it('reads a number as the gateway does: as people write it, and refuses what is none while it is typed', async () => {
      const page = await given().open('/send-fax');
      await fill(page, '(555) 123-4567');
      await page.getByText('Dials +15551234567').waitFor();
      await page.getByRole('textbox', { name: 'Fax number' }).fill('call me');
      await page.getByRole('textbox', { name: 'Fax number' }).blur();
      await page.getByText("This is no fax number: 'to' must be E.164 or digits only.").waitFor();
      await page.getByRole('textbox', { name: 'Fax number' }).fill('(555) 123-4567');
      await send(page);
      await page.getByText('Fax accepted').waitFor();
      expect(await page.getByText('+15551234567').first().isVisible()).toBe(true);
    });

    it("shows the server's own 403 for a key without fax:send, and its 415 for a wrong file", async () => {
      const { cloud, open } = given();
      const { token } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'may not send', scopes: ['fax:read'] });
      const page = await open('/send-fax');
      await page.getByRole('button', { name: /^Key / }).click();
      await page.getByRole('option', { name: /Another key/ }).click();
      await page.getByRole('textbox', { name: 'Token' }).fill(token);
      await fill(page, '+15551234567');
      await send(page);
      await page.getByText('403: Insufficient scope: fax:send required').waitFor();
      expect(await page.getByRole('textbox', { name: 'Fax number' }).inputValue()).toBe('+15551234567');

      await page.getByRole('button', { name: /^Key / }).click();
      await page.getByRole('option', { name: /This session/ }).click();
      await page.locator('input[type=file]').setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000', 'hex') });
      await send(page);
      await page.getByText('415: Only PDF and TXT are allowed').waitFor();
    });

    it('shows the curl line of exactly this form; copied and run in a shell, its job is in Jobs', async () => {
      const { cloud, open } = given();
      const { token, key_id } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'for scripts' });
      const page = await open('/send-fax');
      const folder = mkdtempSync(join(tmpdir(), 'console-curl-'));
      const fileName = "it's a fax; really.txt";
      writeFileSync(join(folder, fileName), 'A fax.\n');
      await fill(page, '(555) 765-4321', join(folder, fileName));
      await page.getByRole('button', { name: 'Copy curl' }).click();
      const copied = await clipboard(page);
      expect(copied).toContain('-F to=+15557654321');
      expect(copied).not.toContain('fbk_');
      const run = await execute('sh', ['-c', copied], { cwd: folder, env: { ...process.env, API_KEY: token } });
      rmSync(folder, { recursive: true, force: true });
      const answer: unknown = JSON.parse(run.stdout);
      const id = typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : run.stdout;
      await untilEnded(cloud.gatewayUrl, cloud.adminKey, id);
      await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
      await page.locator(`a[href="/jobs/${id}"]`).click();
      await page.getByText(fileName).waitFor();
      await page.getByRole('link', { name: key_id }).first().waitFor();
      await page.goBack();
      await page.getByRole('link', { name: 'Send Fax' }).first().click();
      for (const [language, words] of [['Node', "require('faxbot')"] as const, ['Python', 'from faxbot import FaxbotClient'] as const]) {
        await page.getByRole('tab', { name: language }).click();
        await page.getByRole('button', { name: `Copy ${language}` }).click();
        expect(await clipboard(page)).toContain(words);
      }
    });
  });

  describe('Diagnostics', () => {
    it('lists under API Auth recent successes and failures with reasons, as they happen', async () => {
      const { cloud, open } = given();
      const { token, key_id } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'watched' });
      const page = await open('/diagnostics');
      await page.getByRole('link', { name: 'API Auth' }).click();
      await page.getByRole('heading', { name: 'API Auth' }).waitFor();
      await call(cloud.gatewayUrl, 'GET', '/auth/me', { key: token });
      await page.getByRole('row').filter({ hasText: key_id }).getByText('Accepted').waitFor();
      await call(cloud.gatewayUrl, 'DELETE', `/admin/api-keys/${key_id}`, { key: cloud.adminKey });
      await call(cloud.gatewayUrl, 'GET', '/auth/me', { key: token });
      await page.getByRole('row').filter({ hasText: key_id }).getByText('The key is revoked for good.').waitFor();
      await page.getByRole('button', { name: 'Refused' }).click();
      await page.getByText('Accepted', { exact: true }).nth(1).waitFor({ state: 'detached' });
    });

    it('checks the gateway, leads to the test fax, and makes a report without a secret', async () => {
      const { open } = given();
      const page = await open('/diagnostics');
      const checks = page.getByRole('table', { name: 'Checks' });
      await checks.getByText('Documents can be reached.').waitFor();
      await checks.getByText('Set MAX_REQUESTS_PER_MINUTE.').waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download report' }).click()]);
      expect(file.suggestedFilename()).toMatch(/^faxbot-diagnostics-.*\.json$/);
      await page.getByRole('link', { name: 'Send Test Fax' }).click();
      await page.getByRole('heading', { name: 'Send Fax' }).waitFor();
    });
  });
}

function formOf(to: string): FormData {
  const form = new FormData();
  form.append('to', to);
  form.append('file', new Blob(['A fax.\n']), 'fax.txt');
  return form;
}
