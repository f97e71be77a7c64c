/** GET /admin/logs: what was changed stands there at once, once, newest first, for administrators alone. */
import { TestMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { auditTrail, readLogs, type LogPage } from './audit-trail.js';
import { call, createKey, readFax, sendFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { messagesOf, readTemplate } from './stack-resources.js';

const bootstrap = 'audit-logs-administrator';
let assembly: string;
let cloud: RunningLocalCloud;
let base: string;

beforeAll(async () => {
  assembly = await testAssembly();
  cloud = await startLocalCloud({ assembly, apiKey: bootstrap });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(() => cloud.stop());

const logs = (query: Readonly<Record<string, string | number>> = {}): Promise<LogPage> => readLogs(base, bootstrap, query);
const metricFilter = z.looseObject({
  FilterPattern: z.string(),
  LogGroupName: z.object({ Ref: z.string() }),
  MetricTransformations: z.tuple([z.looseObject({ MetricName: z.string() })]),
});
const facts = ({ items }: LogPage) => items.map(({ event, target_key_id: id }) => `${event} ${id ?? ''}`);

describe('an empty trail', () => {
  it('answers with nothing, and says so', async () => {
    expect(await logs()).toEqual({ items: [], count: 0, next_cursor: null, searched_links: 0, searched_back_to: null });
  });
});

describe('a change', () => {
  it('stands in the trail with its answer, newest first', async () => {
    const { key_id: id } = await createKey(base, bootstrap, { name: 'watched' });
    expect(facts(await logs({ limit: 1 }))).toEqual([`api_key_created ${id}`]);
    await call(base, 'POST', `/admin/api-keys/${id}/rotate`, { key: bootstrap });
    expect(facts(await logs({ limit: 2 }))).toEqual([`api_key_rotated ${id}`, `api_key_created ${id}`]);
    await call(base, 'DELETE', `/admin/api-keys/${id}`, { key: bootstrap });
    expect(facts(await logs({ q: id }))).toEqual([`api_key_revoked ${id}`, `api_key_rotated ${id}`, `api_key_created ${id}`]);
  });

  it('has the members of its event and the link that carries it, which stands beside it in the log', async () => {
    const { key_id: id } = await createKey(base, bootstrap, { name: 'compared' });
    const [item] = (await logs({ q: id })).items;
    const [record] = (await auditTrail(cloud, readTemplate(assembly))).filter((one) => one.target_key_id === id);
    expect(record).toEqual({ ...item, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(item).toMatchObject({ v: 1, event: 'api_key_created', actor: { type: 'bootstrap' }, method: 'POST', route: '/admin/api-keys', diff: { name: 'compared' } });
  });

  it('of a fax stands there too, from its acceptance to its end', async () => {
    const { id } = readFax(await sendFax(base, bootstrap, '+15551234567'));
    await untilEnded(base, bootstrap, id);
    await call(base, 'GET', `/fax/${id}/pdf`, { key: bootstrap });
    const { items } = await until(() => logs({ q: id }), ({ count }) => count === 3);
    expect(items.map(({ event }) => event).sort()).toEqual(['job_created', 'job_updated', 'pdf_served']);
  });
});

describe('a search', () => {
  it('finds text in any case, an event by its name, and what is not older than a time', async () => {
    const { key_id: id } = await createKey(base, bootstrap, { name: 'Ward Seven' });
    expect(facts(await logs({ q: 'wARD sEVEN' }))).toEqual([`api_key_created ${id}`]);
    await call(base, 'DELETE', `/admin/api-keys/${id}`, { key: bootstrap });
    expect(facts(await logs({ q: id, event: 'api_key_revoked' }))).toEqual([`api_key_revoked ${id}`]);
    const [revoked] = (await logs({ q: id, limit: 1 })).items;
    const since = revoked?.ts ?? '';
    expect((await logs({ since })).items.map(({ ts }) => ts >= since)).toEqual([true]);
    // Without a zone it is UTC, as the original's times are.
    expect((await logs({ since: since.slice(0, -1) })).count).toBe(1);
    expect(await logs({ since: '2100-01-01' })).toMatchObject({ items: [], count: 0, next_cursor: null });
    expect((await logs({ q: 'no such text' })).items).toEqual([]);
    // The original's console sends its empty fields along.
    expect((await logs({ q: '', event: '', since: '' })).count).toBeGreaterThan(1);
  });

  it.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['since', 'yesterday'],
    ['cursor', 'x'],
    ['colour', 'red'],
  ])('with %s=%s is a 422 that names the field', async (field, value) => {
    expect(await call(base, 'GET', `/admin/logs?${field}=${value}`, { key: bootstrap })).toMatchObject({ status: 422, body: { code: 'invalid_request', fields: [{ field }] } });
  });

  it('goes through the whole trail page by page, without a gap and without a repeat', async () => {
    await Promise.all(Array.from({ length: 12 }, () => createKey(base, bootstrap)));
    const all = await logs({ limit: 1000 });
    expect(all.next_cursor).toBeNull();
    for (const limit of [1, 5]) {
      const items: LogPage['items'] = [];
      let page = await logs({ limit });
      for (;;) {
        expect(page.items.length).toBeLessThanOrEqual(limit);
        items.push(...page.items);
        if (page.next_cursor === null) break;
        page = await logs({ limit, cursor: page.next_cursor });
      }
      expect(items).toEqual(all.items);
    }
  });
});

describe('the filters of the alarms', () => {
  const filters = () =>
    Object.entries(readTemplate(assembly).Resources).flatMap(([, { Type, Properties }]) => (Type === 'AWS::Logs::MetricFilter' ? [metricFilter.parse(Properties)] : []));

  /** Which of a log's real lines the filters of a metric find. */
  async function found(metric: string, logGroup: RegExp): Promise<string[]> {
    const lines: string[] = [];
    for (const { FilterPattern: filterPattern, LogGroupName: { Ref: group }, MetricTransformations: [{ MetricName: name }] } of filters()) {
      if (name !== metric || !logGroup.test(group)) continue;
      const logEventMessages = (await messagesOf(cloud, group)).slice(-50);
      const { matches = [] } = await cloud.clients.logs.send(new TestMetricFilterCommand({ filterPattern, logEventMessages }));
      lines.push(...matches.map(({ eventMessage = '' }) => eventMessage));
    }
    return lines;
  }

  it('find a refusal, and with it those that were only counted', async () => {
    const agent = 'alarmed/1.0';
    await until(
      async () => {
        await Promise.all(Array.from({ length: 20 }, () => call(base, 'GET', '/fax/none', { key: 'nonsense', headers: { 'User-Agent': agent } })));
        return found('Refusals', /^AuditLog/);
      },
      // Found by both filters.
      (lines) => lines.some((line, index) => lines.indexOf(line) < index && line.includes('"suppressed":')),
    );
    const lines = await found('Refusals', /^AuditLog/);
    expect(lines.every((line) => line.includes('"event":"auth_refused"'))).toBe(true);
  });

  it('find what the bootstrap key does, be it a change or a look', async () => {
    await createKey(base, bootstrap);
    expect((await found('BootstrapKeyUses', /^AuditLog/)).some((line) => line.includes('"event":"api_key_created"'))).toBe(true);
    await call(base, 'GET', '/admin/fax-jobs', { key: bootstrap });
    await until(() => found('BootstrapKeyUses', /^GatewayAccessLog/), (lines) => lines.some((line) => line.includes('"resource":"/admin/fax-jobs"')));
  });
});

describe('who may not read the trail', () => {
  it('is anybody without the scope admin', async () => {
    const { token } = await createKey(base, bootstrap, { scopes: ['keys:manage', 'fax:send', 'fax:read'] });
    expect(await call(base, 'GET', '/admin/logs', { key: token })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(await call(base, 'GET', '/admin/logs')).toMatchObject({ status: 401 });
  });
});
