/** The settings change whole or not at all, one version after the other, each with its audit event. */
import fc from 'fast-check';
import type { AuditEvent } from '../../lambdas/audit/event.js';
import { ContractError } from '../../lambdas/contract/errors.js';
import { defaultOwner } from '../../lambdas/contract/identifiers.js';
import type { SettingsAdministration, SettingsRequest } from '../../lambdas/settings/administration.js';
import { restoreSettings, updateSettings } from '../../lambdas/settings/change-settings.js';
import { listVersions, readSettings } from '../../lambdas/settings/read-settings.js';
import { pageOfVersions } from '../../lambdas/settings/settings-version.js';
import { settleSettings } from '../../lambdas/settings/settle-outbox.js';
import { fakeSettingsStore } from './settings-store.fake.js';

const request: SettingsRequest = {
  caller: { kind: 'bootstrap', owner: defaultOwner, scopes: ['admin'], minuteLimit: 0 },
  origin: { source_ip: '192.0.2.1', user_agent: 'test', request_id: 'r', method: 'PUT', route: '/' },
  now: 1_000_000,
};

function administration() {
  const published: AuditEvent[] = [];
  const wiring: SettingsAdministration = {
    store: fakeSettingsStore(),
    publish: (events) => {
      published.push(...events);
      return Promise.resolve();
    },
    deployment: { stage: 'dev', provider: 'sandbox', sending: 'on', maxFileSizeMb: 4, documentTokenMinutes: 60 },
  };
  return { ...wiring, published };
}

const noTrail = () => Promise.reject(new Error('no trail today'));
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'no error',
    (error: unknown) => (error instanceof ContractError ? error.code : String(error)),
  );

it('of many changes at once on one version, one wins; the versions have no gap and each has its event', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }), async (rpms) => {
      const wiring = administration();
      const codes: string[] = [];
      for (let version = 0; version < 3; version += 1) {
        const at = (await readSettings(wiring)).version;
        const attempts = rpms.map((rpm, index) => updateSettings(request, { version: at, values: { MAX_REQUESTS_PER_MINUTE: rpm + 10 * version + 100 * index } }, wiring));
        codes.push(...(await Promise.all(attempts.map(codeOf))));
      }
      expect(codes.filter((code) => code === 'no error')).toHaveLength(3);
      expect(new Set(codes.filter((code) => code !== 'no error'))).toEqual(new Set(rpms.length > 1 ? ['settings_conflict'] : []));
      const { versions } = await listVersions({ limit: 100, before: undefined }, wiring);
      expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
      for (const [index, { changes }] of versions.entries()) {
        const older = versions[index + 1];
        expect(changes[0]?.from).toEqual(older === undefined ? 0 : older.values['MAX_REQUESTS_PER_MINUTE']);
      }
      expect(wiring.published.map((event) => (event.event === 'settings_changed' ? event.version : event.event))).toEqual([1, 2, 3]);
    }),
    { numRuns: 20 },
  );
});

describe('when the audit trail takes no events', () => {
  it('a change stands, and its event waits for the sweeper', async () => {
    const wiring = administration();
    await updateSettings(request, { version: 0, values: { INBOUND_LIST_RPM: 1 } }, { ...wiring, publish: noTrail });
    expect(await readSettings(wiring)).toMatchObject({ version: 1, values: { INBOUND_LIST_RPM: 1 } });
    expect(await settleSettings(await wiring.store.current(), wiring.store, wiring.publish)).toBe(1);
    expect(wiring.published).toMatchObject([{ event: 'settings_changed', version: 1 }]);
    expect(await settleSettings(await wiring.store.current(), wiring.store, wiring.publish)).toBe(0);
  });

  it('the next change carries the events of those before it, and 20 are enough', async () => {
    const wiring = administration();
    for (let version = 0; version < 20; version += 1) await updateSettings(request, { version, values: { INBOUND_LIST_RPM: version + 100 } }, { ...wiring, publish: noTrail });
    expect(await codeOf(updateSettings(request, { version: 20, values: { INBOUND_LIST_RPM: 5 } }, wiring))).toBe('audit_unavailable');
    await settleSettings(await wiring.store.current(), wiring.store, wiring.publish);
    expect(await codeOf(updateSettings(request, { version: 20, values: { INBOUND_LIST_RPM: 5 } }, wiring))).toBe('no error');
    expect(new Set(wiring.published.map(({ event_id }) => event_id)).size).toBe(21);
  });

  it('a late publication takes nothing off the outbox of a later version', async () => {
    const wiring = administration();
    await updateSettings(request, { version: 0, values: { INBOUND_LIST_RPM: 1 } }, { ...wiring, publish: noTrail });
    const first = await wiring.store.current();
    await updateSettings(request, { version: 1, values: { INBOUND_LIST_RPM: 2 } }, { ...wiring, publish: noTrail });
    await settleSettings(first, wiring.store, wiring.publish);
    expect((await wiring.store.current())?.outbox).toHaveLength(2);
  });
});

it('a write whose answer got lost finds itself, and is no conflict', async () => {
  const wiring = administration();
  const forgetful = { ...wiring.store, put: async (next: Parameters<typeof wiring.store.put>[0]) => (await wiring.store.put(next)) && wiring.store.put(next) };
  expect(await updateSettings(request, { version: 0, values: { INBOUND_LIST_RPM: 1 } }, { ...wiring, store: forgetful })).toMatchObject({ version: 1 });
  expect(wiring.published).toHaveLength(1);
});

it('restoring follows the defaults of today where the earlier version followed those of its day', async () => {
  const wiring = administration();
  await updateSettings(request, { version: 0, values: { INBOUND_LIST_RPM: 1 } }, wiring);
  await updateSettings(request, { version: 1, values: { INBOUND_LIST_RPM: 2, PDF_TOKEN_TTL_MINUTES: 5 } }, wiring);
  const later = { ...wiring, deployment: { ...wiring.deployment, documentTokenMinutes: 15 } };
  expect(await restoreSettings(request, { version: 2, restore_version: 1 }, later)).toMatchObject({ version: 3, values: { INBOUND_LIST_RPM: 1, PDF_TOKEN_TTL_MINUTES: 15 } });
});

it('restoring what this deployment refuses says which setting it is', async () => {
  const wiring = administration();
  await updateSettings(request, { version: 0, values: { REQUIRE_API_KEY: false } }, wiring);
  await updateSettings(request, { version: 1, values: { REQUIRE_API_KEY: true } }, wiring);
  const production = { ...wiring, deployment: { ...wiring.deployment, stage: 'production' } };
  await expect(restoreSettings(request, { version: 2, restore_version: 1 }, production)).rejects.toThrow(
    'restore_version: brings back REQUIRE_API_KEY, which must stay true on stage production',
  );
});

it.each([
  [0, undefined, [], undefined],
  [3, undefined, [3, 2], 2],
  [3, 2, [1], undefined],
  [3, 1, [], undefined],
  [2, undefined, [2, 1], undefined],
  [2, 99, [2, 1], undefined],
] as const)('of %d versions, before %s, a page of two is %j', (newest, before, versions, nextBefore) => {
  expect(pageOfVersions(newest, { limit: 2, before })).toEqual({ versions, nextBefore });
});
