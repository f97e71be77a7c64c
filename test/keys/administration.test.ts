/** Keys are created, listed, rotated and revoked by whoever may, each with its audit event. */
import type { AuditEvent } from '../../lambdas/audit/event.js';
import { ContractError } from '../../lambdas/contract/errors.js';
import { isOwner } from '../../lambdas/contract/identifiers.js';
import type { KeyAdministration, KeyRequest } from '../../lambdas/keys/administration.js';
import { createKey } from '../../lambdas/keys/create-key.js';
import { revokeKey } from '../../lambdas/keys/edit-key.js';
import { listKeys as listPage } from '../../lambdas/keys/list-keys.js';
import { rotateKey as rotateWith } from '../../lambdas/keys/rotate-key.js';
import { bootstrapCaller, type KeyCaller } from '../../lambdas/platform/caller.js';
import { settleOutbox } from '../../lambdas/keys/settle-outbox.js';
import { peppers } from './key.fixture.js';
import { fakeKeyStore } from './key-store.fake.js';

const origin = { source_ip: '192.0.2.1', user_agent: 'test', request_id: 'r', method: 'POST', route: '/admin/api-keys' };

function asCaller(caller: KeyCaller): KeyRequest {
  return { caller, origin, now: 1_000_000 };
}

function administration() {
  const published: AuditEvent[] = [];
  const store = fakeKeyStore();
  const wiring: KeyAdministration = {
    store,
    publish: (events) => {
      published.push(...events);
      return Promise.resolve();
    },
    peppers: () => Promise.resolve(peppers),
    usageOf: () => Promise.resolve(new Map()),
    rules: () => Promise.resolve({ defaultKeyExpiryDays: 0, requireIpRanges: false }),
    nativeKeys: { lease: () => Promise.resolve(undefined), release: () => Promise.resolve() },
  };
  return { ...wiring, store, published };
}

const admin = asCaller(bootstrapCaller(0));
const rotateKey = (by: KeyRequest, id: string, wiring: KeyAdministration) => rotateWith(by, id, { overlap_seconds: 0 }, wiring);
const listKeys = async (by: KeyRequest, wiring: KeyAdministration) => (await listPage(by, { limit: 1_000 }, wiring)).keys;

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'no error',
    (error: unknown) => (error instanceof ContractError ? error.code : String(error)),
  );
}

describe('creating a key', () => {
  it('commits the audit event with the key, publishes it, and never writes the token into it', async () => {
    const wiring = administration();
    const { token, key_id } = await createKey(admin, { name: 'reception' }, wiring);
    expect(wiring.published).toMatchObject([{ event: 'api_key_created', target_key_id: key_id, actor: { type: 'bootstrap' }, outcome: 'success' }]);
    expect(JSON.stringify([wiring.published, await wiring.store.all()])).not.toContain(token.slice(22));
    expect(await wiring.store.listWithOutbox()).toEqual([]);
  });

  it('leaves the event with the key when it could not be published, for the sweeper to finish', async () => {
    const wiring = administration();
    const failing = { ...wiring, publish: () => Promise.reject(new Error('no logs today')) };
    await createKey(admin, { scopes: ['admin'] }, failing);
    const [left] = await wiring.store.listWithOutbox();
    expect(left?.outbox).toHaveLength(1);
    if (left === undefined) throw new Error('nothing left');
    await settleOutbox(left, wiring.store, wiring.publish);
    expect(wiring.published).toHaveLength(1);
    expect(await wiring.store.listWithOutbox()).toEqual([]);
  });

  it('refuses what the creator does not hold itself', async () => {
    const wiring = administration();
    const owner = 'ward-3';
    if (!isOwner(owner)) throw new Error('not an owner');
    const created = await createKey(admin, { scopes: ['keys:manage', 'fax:send'], owner }, wiring);
    const [key] = await wiring.store.all();
    if (key === undefined) throw new Error('no key');
    const manager = asCaller({ kind: 'key', keyId: key.id, secretVersion: 1, lastFour: 'abcd', owner: key.owner, scopes: key.scopes, minuteLimit: 0 });
    expect(created.owner).toBe('ward-3');
    expect(await codeOf(createKey(manager, { scopes: ['fax:read'] }, wiring))).toBe('cannot_grant');
    expect(await codeOf(createKey(manager, { scopes: ['admin'] }, wiring))).toBe('cannot_grant');
    expect(await codeOf(createKey(manager, { scopes: ['fax:send'], owner: 'ward-4' }, wiring))).toBe('cannot_grant');
    expect(await createKey(manager, { scopes: ['fax:send'] }, wiring)).toMatchObject({ owner: 'ward-3' });
  });

  it('refuses an expiry in the past, naming the field', async () => {
    const wiring = administration();
    const attempt = createKey(admin, { expires_at: '1970-01-01T00:00:00Z' }, wiring);
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_request', body: { fields: [{ field: 'expires_at', message: 'must be in the future' }] } });
  });
});

describe('the roster of admin keys', () => {
  it('holds standing admin keys only: not one that expires, not one without the scope', async () => {
    const wiring = administration();
    await createKey(admin, { scopes: ['fax:send'] }, wiring);
    await createKey(admin, { scopes: ['admin'], expires_at: '2100-01-01T00:00:00Z' }, wiring);
    expect(wiring.store.roster.size).toBe(0);
    const { key_id } = await createKey(admin, { scopes: ['admin'] }, wiring);
    expect([...wiring.store.roster]).toEqual([key_id]);
  });

  it('does not lose its last key, and lets the one before go', async () => {
    const wiring = administration();
    const one = await createKey(admin, { scopes: ['admin'] }, wiring);
    const two = await createKey(admin, { scopes: ['admin'] }, wiring);
    await revokeKey(admin, one.key_id, wiring);
    expect(await codeOf(revokeKey(admin, two.key_id, wiring))).toBe('last_admin_key');
    expect([...wiring.store.roster]).toEqual([two.key_id]);
    expect((await listKeys(admin, wiring)).map((key) => [key.key_id, key.state]).sort()).toEqual(
      [
        [one.key_id, 'revoked'],
        [two.key_id, 'active'],
      ].sort(),
    );
  });

  it('drops a key that was revoked while the sweeper was about to add it', async () => {
    const wiring = administration();
    const created = await createKey(admin, { scopes: ['admin'] }, { ...wiring, publish: () => Promise.reject(new Error('later')) });
    await createKey(admin, { scopes: ['admin'] }, wiring);
    const [stale] = (await wiring.store.all()).filter((key) => key.id === created.key_id);
    if (stale === undefined) throw new Error('no key');
    await revokeKey(admin, created.key_id, wiring);
    await settleOutbox(stale, wiring.store, wiring.publish);
    expect(wiring.store.roster.has(stale.id)).toBe(false);
  });
});

describe('rotating and revoking', () => {
  it('rotation keeps the id, gives a new token and ends the old secret', async () => {
    const wiring = administration();
    const created = await createKey(admin, {}, wiring);
    const rotated = await rotateKey(admin, created.key_id, wiring);
    expect(rotated.key_id).toBe(created.key_id);
    expect(rotated.token).not.toBe(created.token);
    const [key] = await wiring.store.all();
    expect(key?.secrets.map(({ version, endsAt }) => [version, endsAt])).toEqual([
      [1, admin.now],
      [2, undefined],
    ]);
  });

  it('a revoked key can be revoked again, and is never rotated', async () => {
    const wiring = administration();
    const { key_id } = await createKey(admin, {}, wiring);
    await revokeKey(admin, key_id, wiring);
    await revokeKey(admin, key_id, wiring);
    expect(wiring.published.filter((event) => event.event === 'api_key_revoked')).toHaveLength(1);
    expect(await codeOf(rotateKey(admin, key_id, wiring))).toBe('key_not_active');
  });

  it('says that a key is not found for an id that is none, and for a key of another owner', async () => {
    const wiring = administration();
    const { key_id } = await createKey(admin, { scopes: ['fax:send'] }, wiring);
    const [key] = await wiring.store.all();
    const owner = 'elsewhere';
    if (key === undefined || !isOwner(owner)) throw new Error('no key');
    const stranger = asCaller({ kind: 'key', keyId: key.id, secretVersion: 1, lastFour: 'abcd', owner, scopes: ['keys:manage', 'fax:send'], minuteLimit: 0 });
    expect(await codeOf(revokeKey(admin, 'nonsense', wiring))).toBe('key_not_found');
    expect(await codeOf(revokeKey(stranger, key_id, wiring))).toBe('key_not_found');
    expect(await listKeys(stranger, wiring)).toEqual([]);
  });
});
