/** How functions read the settings: how often, and what counts where they can't be read. */
import { createServer, type Server } from 'node:http';
import { settingsReader } from '../../lambdas/settings/settings-reader.js';

let server: Server;
let reads = 0;
/** What DynamoDB answers. */
let answer: { readonly status: number; readonly body: unknown };

const stored = (chosen: object) => ({ status: 200, body: { Item: { pk: { S: 'CURRENT' }, chosen: { M: chosen } } } });
const refused = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      reads += 1;
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  Object.assign(process.env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port ?? 0}`, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

let now: number;
let written: jest.SpyInstance;
beforeEach(() => {
  reads = 0;
  written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  now = 1_800_000_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

it('the settings are read once in 15 seconds, whoever asks, and a change counts with the next reading', async () => {
  answer = stored({ MAX_REQUESTS_PER_MINUTE: { N: '60' } });
  const read = settingsReader('settings');
  const all = await Promise.all([read(), read(), read()]);
  expect(all.map(({ maxRequestsPerMinute }) => maxRequestsPerMinute)).toEqual([60, 60, 60]);
  answer = stored({ MAX_REQUESTS_PER_MINUTE: { N: '5' } });
  now += 14_999;
  expect((await read()).maxRequestsPerMinute).toBe(60);
  expect(reads).toBe(1);
  now += 1;
  expect((await read()).maxRequestsPerMinute).toBe(5);
  expect(reads).toBe(2);
});

it('where nothing was ever saved, the defaults are in force', async () => {
  answer = { status: 200, body: {} };
  expect(await settingsReader('settings')()).toMatchObject({ requireApiKey: true, auditLogEnabled: true, maxRequestsPerMinute: 0 });
});

describe('while the table can not be read', () => {
  it('a function that never read it works with the defaults, and requires a key', async () => {
    answer = refused;
    expect(await settingsReader('settings')()).toMatchObject({ requireApiKey: true, maxRequestsPerMinute: 0 });
    expect(written.mock.calls).toEqual([[expect.stringMatching(/The settings could not be read.*AccessDeniedException/)]]);
  });

  it('the last known settings stand, and a key is required all the same', async () => {
    answer = stored({ REQUIRE_API_KEY: { BOOL: false }, MAX_REQUESTS_PER_MINUTE: { N: '60' }, AUDIT_LOG_ENABLED: { BOOL: false } });
    const read = settingsReader('settings');
    expect(await read()).toMatchObject({ requireApiKey: false, maxRequestsPerMinute: 60 });
    now += 15_000;
    answer = refused;
    expect(await read()).toMatchObject({ requireApiKey: true, maxRequestsPerMinute: 60, auditLogEnabled: false });
  });

  it('each call tries again, so that its end is noticed at once', async () => {
    answer = refused;
    const read = settingsReader('settings');
    await read();
    answer = stored({ REQUIRE_API_KEY: { BOOL: false } });
    expect((await read()).requireApiKey).toBe(false);
  });
});

it('a damaged item counts as one that can not be read', async () => {
  answer = stored({ REQUIRE_API_KEY: { S: 'false' } });
  expect((await settingsReader('settings')()).requireApiKey).toBe(true);
});
