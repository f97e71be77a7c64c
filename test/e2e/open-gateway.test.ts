/** A gateway that requires no key (REQUIRE_API_KEY=false): what is open then, what never is, and that it closes again. */
import * as z from 'zod';
import { call, createKey, faxForm, readFax, sendFax, until, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

let cloud: RunningLocalCloud;
let base: string;
let bootstrap: string;

const unauthorized = [401, { detail: 'Invalid or missing API key', code: 'unauthorized' }];
const statusAndBody = ({ status, body }: GatewayAnswer) => [status, body];
const withoutKey = (method: string, path: string) => call(base, method, path);
const send = () => call(base, 'POST', '/fax', { form: faxForm('+15551234567') });

async function require(wanted: boolean): Promise<void> {
  const settings = await call(base, 'GET', '/admin/settings', { key: bootstrap });
  const { version } = z.looseObject({ version: z.number() }).parse(settings.body);
  expect((await call(base, 'PUT', '/admin/settings', { key: bootstrap, json: { version, values: { REQUIRE_API_KEY: wanted } } })).status).toBe(200);
  await until(send, ({ status }) => status === (wanted ? 401 : 202), 35);
}

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly() });
  base = cloud.gatewayUrl;
  bootstrap = cloud.adminKey;
  expect(statusAndBody(await send())).toEqual(unauthorized);
  await require(false);
}, 240_000);
afterAll(() => cloud.stop());

describe('without a key', () => {
  it('faxes are sent, and read by whoever has their id', async () => {
    const { id, pdf_url } = readFax(await send());
    expect(pdf_url).toBeUndefined();
    const fax = await withoutKey('GET', `/fax/${id}`);
    expect(readFax(fax)).toMatchObject({ id, to: '+15551234567' });
    expect((await withoutKey('GET', `/fax/${id}/pdf`)).status).toBe(302);
    expect((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: bootstrap })).body).toMatchObject({ owner: 'anonymous', created_by: 'anonymous' });
  });

  it('nobody sees the faxes of a key, and a key none of those', async () => {
    const { token } = await createKey(base, bootstrap);
    const own = readFax(await sendFax(base, token, '+15551234567'));
    expect((await withoutKey('GET', `/fax/${own.id}`)).status).toBe(404);
    const open = readFax(await send());
    expect((await call(base, 'GET', `/fax/${open.id}`, { key: token })).status).toBe(404);
  });

  it.each(['/admin/api-keys', '/admin/fax-jobs', '/admin/logs', '/admin/settings'])('%s is closed all the same', async (path) => {
    expect(statusAndBody(await withoutKey('GET', path))).toEqual(unauthorized);
  });

  it('a wrong key is refused: it is no missing one', async () => {
    expect(statusAndBody(await call(base, 'GET', '/fax/none', { key: 'fbk_live_wrong' }))).toEqual(unauthorized);
  });
});

it('closes again within 30 seconds', async () => {
  await require(true);
  expect(statusAndBody(await withoutKey('GET', '/fax/none'))).toEqual(unauthorized);
}, 60_000);
