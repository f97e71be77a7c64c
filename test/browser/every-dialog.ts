/** Opens each dialog and holds it against the rules of accessibility, light and dark. */
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { call, createKey, faxForm, readFax, until, untilEnded } from '../e2e/gateway-client.js';
import { accessibilityProblems } from './accessibility.js';
import type { Stage } from './stage.js';

/** For a test that goes everywhere, on a machine that may be busy; in milliseconds. */
export const wholeWalk = 300_000;

/** Ids of faxes in the states that dialogs are for. */
export interface JobsOfDialogs {
  readonly waiting: string;
  readonly ended: string;
  readonly uncertain: string;
}

export interface Dialog {
  readonly name: string;
  readonly path: (keyId: string) => string;
  readonly open: (page: Page, keyId: string) => Promise<void>;
}

const press = async (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const choose = async (page: Page, item: string): Promise<void> => {
  await press(page, 'Actions');
  await page.getByRole('menuitem', { name: item }).click();
};

export function dialogs(given: () => Stage, jobs: JobsOfDialogs): readonly Dialog[] {
  const byAdmin = async (method: string, path: string, json?: object): Promise<unknown> => {
    const { cloud } = given();
    return (await call(cloud.gatewayUrl, method, path, { key: cloud.adminKey, ...(json === undefined ? {} : { json }) })).body;
  };
  const key = (id: string): string => `/api-keys/${id}`;
  return [
    { name: 'preferences', path: () => '/api-keys', open: (page) => press(page, 'Preferences') },
    { name: 'rotate', path: key, open: (page) => press(page, 'Rotate') },
    { name: 'disable', path: key, open: (page) => choose(page, 'Disable') },
    { name: 'revoke', path: key, open: (page) => press(page, 'Revoke') },
    {
      name: 'token',
      path: () => '/api-keys/create',
      open: async (page) => {
        await page.getByRole('form').getByRole('button', { name: 'Create Key' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
        await page.getByText('The token is not copied yet').waitFor();
      },
    },
    {
      name: 'conflict',
      path: (id) => `/api-keys/${id}/edit`,
      open: async (page, id) => {
        await page.getByRole('textbox', { name: 'Note' }).fill('mine');
        await byAdmin('PATCH', `/admin/api-keys/${id}`, { version: 1, name: 'theirs' });
        await press(page, 'Save');
      },
    },
    {
      name: 'finish',
      path: key,
      open: async (page, id) => {
        await byAdmin('POST', `/admin/api-keys/${id}/rotate`, { overlap_seconds: 3600 });
        await page.reload();
        await press(page, 'Finish now');
      },
    },
    {
      name: 'cancel',
      path: key,
      open: async (page) => press(page, 'Cancel rotation'),
    },
    {
      name: 'apply',
      path: () => '/settings/security',
      open: async (page) => {
        await page.getByRole('textbox', { name: 'DEFAULT_KEY_EXPIRY_DAYS' }).fill('400');
        await press(page, 'Review 1 change');
        await page.getByRole('dialog').getByRole('row', { name: /DEFAULT_KEY_EXPIRY_DAYS/ }).waitFor();
      },
    },
    {
      name: 'restore',
      path: () => '/settings/security',
      open: async (page) => {
        const { version } = z.object({ version: z.number() }).parse(await byAdmin('GET', '/admin/settings'));
        await byAdmin('PUT', '/admin/settings', { version, values: { DEFAULT_KEY_EXPIRY_DAYS: version + 1 } });
        await page.reload();
        await press(page, 'Restore the defaults');
        await page.getByRole('dialog').getByRole('table').waitFor();
      },
    },
    { name: 'order of providers', path: () => '/settings/providers', open: (page) => press(page, 'Change order') },
    { name: 'cancel a fax', path: () => `/jobs/${jobs.waiting}`, open: (page) => press(page, 'Cancel fax') },
    { name: 'send again', path: () => `/jobs/${jobs.ended}`, open: (page) => press(page, 'Send again') },
    { name: 'resolve', path: () => `/jobs/${jobs.uncertain}`, open: (page) => press(page, 'Resolve') },
    {
      name: 'end a session',
      path: () => '/settings/sessions',
      open: (page) => page.getByRole('button', { name: 'End session' }).first().click(),
    },
    {
      name: 'sign in again',
      path: () => '/api-keys',
      open: async (page) => {
        await page.getByRole('grid').waitFor();
        await given().endSessions();
        // The page may ask by itself before anybody presses.
        await page.getByRole('button', { name: 'Refresh', exact: true }).click({ timeout: 1_000 }).catch(() => undefined);
      },
    },
  ];
}

/** Makes a fax of each of those states. */
export async function jobsOfDialogs({ gatewayUrl, adminKey }: Stage['cloud']): Promise<JobsOfDialogs> {
  const send = async (to: string, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    const form = faxForm(to);
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return readFax(await call(gatewayUrl, 'POST', '/fax', { key: adminKey, form })).id;
  };
  const ended = await send('+15555550003');
  const uncertain = await send('+15555550004');
  await untilEnded(gatewayUrl, adminKey, ended);
  await until(() => call(gatewayUrl, 'GET', `/admin/fax-jobs/${uncertain}`, { key: adminKey }), ({ body }) => JSON.stringify(body).includes('"state":"uncertain"'));
  return { waiting: await send('+15551234567', { send_at: new Date(Date.now() + 3_600_000).toISOString() }), ended, uncertain };
}

export function everyDialog(given: () => Stage): void {
  for (const dark of [false, true]) {
    it(`is accessible ${dark ? 'in the dark' : 'in the light'}`, async () => {
      const { address, cloud, open } = given();
      const { key_id } = await createKey(cloud.gatewayUrl, cloud.adminKey, { name: 'in dialogs' });
      const page = await open('/api-keys', { dark });
      for (const { name, path, open: show } of dialogs(given, await jobsOfDialogs(cloud))) {
        await page.goto(`${address}${path(key_id)}`);
        await show(page, key_id);
        await page.getByRole('dialog').waitFor();
        expect({ name, problems: await accessibilityProblems(page) }).toEqual({ name, problems: [] });
      }
    }, wholeWalk);
  }
}
