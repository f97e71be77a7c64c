/** Takes a picture of every page and dialog of the console: `npx tsx test/browser/take-screenshots.ts <folder>`, to be looked at. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { call, createKey, sendFax, untilEnded } from '../e2e/gateway-client.js';
import { findChromium } from './chromium.js';
import { dialogs, jobsOfDialogs } from './every-dialog.js';
import { setStage, signIn, type Stage } from './stage.js';

const ways = [
  { name: 'wide-light', dark: false, narrow: false },
  { name: 'wide-dark', dark: true, narrow: false },
  { name: 'narrow-light', dark: false, narrow: true },
  { name: 'narrow-dark', dark: true, narrow: true },
] as const;

async function main(folder: string, only: string | undefined): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error('There is no Chromium on this machine. CHROMIUM=<path> names one.');
  const stage = await setStage(chromium);
  try {
    const pages = await fill(stage);
    for (const way of ways.filter(({ name }) => only === undefined || name === only)) {
      mkdirSync(join(folder, way.name), { recursive: true });
      const shoot = async (page: Page, name: string, fullPage = true): Promise<void> => {
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await page.screenshot({ path: join(folder, way.name, `${name}.png`), fullPage, animations: 'disabled' });
      };
      const page = await (await stage.person(way)).newPage();
      await page.goto(stage.address);
      await page.getByRole('textbox', { name: 'Admin key' }).waitFor();
      await shoot(page, 'sign-in');
      await signIn(page, stage.cloud.adminKey);
      for (const { name, path } of pages) {
        await page.goto(`${stage.address}${path}`);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await shoot(page, name);
      }
      const { key_id } = await createKey(stage.cloud.gatewayUrl, stage.cloud.adminKey, { name: `dialogs ${way.name}` });
      for (const { name, path, open } of dialogs(() => stage, await jobsOfDialogs(stage.cloud))) {
        await page.goto(`${stage.address}${path(key_id)}`);
        await open(page, key_id);
        await page.getByRole('dialog').waitFor();
        await shoot(page, `dialog-${name.replaceAll(' ', '-')}`, false);
      }
    }
  } finally {
    await stage.stop();
  }
}

/** Keys, faxes and events, as a team has them. */
async function fill({ cloud }: Stage): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const { gatewayUrl: base, adminKey } = cloud;
  const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
  const billing = await createKey(base, adminKey, { name: 'billing', scopes: ['fax:send', 'fax:read'], expires_at: days(12), note: 'Invoices, every night', owner: 'finance' });
  const clinic = await createKey(base, adminKey, { name: 'clinic front desk', scopes: ['fax:send', 'fax:read', 'inbound:list', 'inbound:read'], owner: 'clinic', expires_at: days(200), allowed_ips: ['203.0.113.0/24'] });
  const backup = await createKey(base, adminKey, { name: 'legacy import', tier: 'basic', expires_at: null });
  const old = await createKey(base, adminKey, { name: 'old portal', owner: 'finance', expires_at: days(90) });
  const lab = await createKey(base, adminKey, { name: 'lab results', owner: 'clinic', tier: 'high', expires_at: days(60) });
  await call(base, 'DELETE', `/admin/api-keys/${old.key_id}`, { key: adminKey });
  await call(base, 'POST', `/admin/api-keys/${backup.key_id}/disable`, { key: adminKey });
  await call(base, 'POST', `/admin/api-keys/${lab.key_id}/rotate`, { key: adminKey, json: { overlap_seconds: 86_400 } });
  for (const token of [old.token, backup.token, clinic.token, `fbk_live_${billing.key_id}_wrong`]) await call(base, 'GET', '/auth/me', { key: token });
  const ids: string[] = [];
  for (const to of ['+15551234567', '+15555550003', '+15552223344', '+442071838750']) {
    const { body } = await sendFax(base, billing.token, to);
    ids.push(typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '');
  }
  for (const id of ids) await untilEnded(base, adminKey, id);
  return [
    { name: 'api-keys', path: '/api-keys' },
    { name: 'create-key', path: '/api-keys/create' },
    { name: 'key', path: `/api-keys/${billing.key_id}` },
    { name: 'key-rotating', path: `/api-keys/${lab.key_id}` },
    { name: 'key-revoked', path: `/api-keys/${old.key_id}` },
    { name: 'key-sign-ins', path: `/api-keys/${billing.key_id}?tab=auth-events` },
    { name: 'key-check', path: `/api-keys/${billing.key_id}?tab=check` },
    { name: 'key-history', path: `/api-keys/${billing.key_id}?tab=history` },
    { name: 'edit-key', path: `/api-keys/${billing.key_id}/edit` },
    { name: 'send-fax', path: '/send-fax' },
    { name: 'jobs', path: '/jobs' },
    { name: 'job', path: `/jobs/${ids[1] ?? ''}` },
    { name: 'diagnostics', path: '/diagnostics' },
    { name: 'api-auth', path: '/diagnostics/api-auth' },
    { name: 'audit-log', path: '/audit-log' },
    { name: 'security', path: '/settings/security' },
    { name: 'providers', path: '/settings/providers' },
    { name: 'provider', path: '/settings/providers/sinch' },
    { name: 'add-provider', path: '/settings/providers/new' },
    { name: 'sessions', path: '/settings/sessions' },
    { name: 'setup-wizard', path: '/setup-wizard' },
    { name: 'not-found', path: '/no-such-page' },
  ];
}

const [folder = 'screenshots', only] = process.argv.slice(2);
main(folder, only).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
