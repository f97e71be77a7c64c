/** The use cases of key administration: create, list, revoke, rotate. */
import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type AuditedFact, type AuditEvent, type Origin } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { defaultOwner, isKeyId, isOwner, type KeyId, type Owner } from '../contract/identifiers.js';
import { defaultScopes, isAdmin, missingScopes, type Scope } from '../contract/scopes.js';
import type { apiKeySchema, createApiKeySchema, createdApiKeySchema, rotatedApiKeySchema } from '../contract/key-schemas.js';
import { defaultTier } from '../contract/tiers.js';
import { actorOf, seesOwner, type KeyCaller } from '../platform/caller.js';
import { log } from '../platform/log.js';
import { isStandingAdmin, revoked, stateOf, withNewSecret, type ApiKey } from './key.js';
import type { KeyStore } from './key-store.js';
import { hashToken, type Peppers } from './secret-hash.js';
import { settleOutbox } from './settle-outbox.js';
import { createKeyId, createToken, recognizableParts } from './token.js';

export interface KeyAdministration {
  readonly store: KeyStore;
  readonly publish: PublishAudit;
  readonly peppers: () => Promise<Peppers>;
  readonly lastUses: (ids: readonly KeyId[]) => Promise<ReadonlyMap<KeyId, number>>;
}

export interface KeyRequest {
  readonly caller: KeyCaller;
  readonly origin: Origin;
  readonly now: number;
}

/**
 * Creates a key. The token is in this answer and nowhere else, ever.
 * @throws ContractError invalid_request (an expiry in the past), cannot_grant
 */
export async function createKey(
  { caller, origin, now }: KeyRequest,
  wanted: z.output<typeof createApiKeySchema>,
  { store, publish, peppers }: KeyAdministration,
): Promise<z.output<typeof createdApiKeySchema>> {
  const scopes = [...new Set(wanted.scopes ?? defaultScopes)];
  const owner = grantedOwner(caller, wanted.owner ?? undefined);
  requireGrantable(caller, scopes);
  const expiresAt = futureTime(wanted.expires_at ?? undefined, now);

  const id = createKeyId();
  const token = createToken(id);
  const { prefix, lastFour } = recognizableParts(token);
  const draft = {
    id,
    revision: 1,
    name: wanted.name ?? undefined,
    owner,
    scopes,
    tier: wanted.tier ?? defaultTier,
    note: wanted.note ?? undefined,
    createdAt: now,
    createdBy: createdByOf(caller),
    expiresAt,
    revokedAt: undefined,
    secrets: [{ version: 1, ...hashToken(token, await peppers()), prefix, lastFour, createdAt: now }],
  };
  const answer = {
    key_id: id,
    token,
    name: draft.name ?? null,
    owner,
    scopes,
    tier: draft.tier,
    expires_at: isoTime(expiresAt),
  };
  const { token: _, key_id: __, ...diff } = answer;
  const key: ApiKey = {
    ...draft,
    outbox: [eventOf({ event: 'api_key_created', target_key_id: id, secret_version: 1, diff }, { caller, origin, now })],
  };
  if (!(await store.create(key)) && !(await isStored(key, store))) throw new ContractError('internal_error', { internal: `The key id ${id} was taken` });
  await settleNow(key, store, publish);
  return answer;
}

/** The keys that the caller may see, revoked and expired ones included, newest first. */
export async function listKeys({ caller, now }: KeyRequest, { store, lastUses }: KeyAdministration): Promise<z.output<typeof apiKeySchema>[]> {
  const keys = (await store.list()).filter((key) => seesOwner(caller, key.owner));
  const uses = await lastUses(keys.map((key) => key.id));
  return keys.sort((one, other) => other.createdAt - one.createdAt).map((key) => describe(key, uses.get(key.id), now));
}

/**
 * Revokes a key for good; a revoked one again is fine.
 * @throws ContractError key_not_found, cannot_grant, last_admin_key, write_conflict
 */
export async function revokeKey(request: KeyRequest, id: string, { store, publish }: KeyAdministration): Promise<void> {
  const key = await findKey(id, request.caller, store);
  requireGrantable(request.caller, key.scopes);
  if (key.revokedAt !== undefined) return;
  if (isStandingAdmin(key) && !(await store.removeFromRoster(key.id))) throw new ContractError('last_admin_key');
  const next = revoked(key, request.now, eventOf({ event: 'api_key_revoked', target_key_id: key.id }, request));
  if (!(await store.replace(next))) {
    await settleNow(key, store, publish);
    throw new ContractError('write_conflict');
  }
  await settleNow(next, store, publish);
}

/**
 * Gives a key a new secret and ends the old one with the next request.
 * @throws ContractError key_not_found, key_not_active, cannot_grant, write_conflict
 */
export async function rotateKey(
  request: KeyRequest,
  id: string,
  { store, publish, peppers }: KeyAdministration,
): Promise<z.output<typeof rotatedApiKeySchema>> {
  const key = await findKey(id, request.caller, store);
  requireGrantable(request.caller, key.scopes);
  if (stateOf(key, request.now) !== 'active') throw new ContractError('key_not_active');
  const token = createToken(key.id);
  const secret = { ...hashToken(token, await peppers()), ...recognizableParts(token), createdAt: request.now };
  const version = Math.max(0, ...key.secrets.map((one) => one.version)) + 1;
  const next = withNewSecret(key, secret, eventOf({ event: 'api_key_rotated', target_key_id: key.id, secret_version: version }, request));
  if (!(await store.replace(next))) throw new ContractError('write_conflict');
  await settleNow(next, store, publish);
  return { key_id: key.id, token };
}

/** A write whose answer got lost is made a second time, and finds its own key: whoever asked must still hear the token. */
async function isStored(key: ApiKey, store: KeyStore): Promise<boolean> {
  const stored = await store.find(key.id);
  return stored !== undefined && stored.secrets[0]?.hash === key.secrets[0]?.hash;
}

/** A key of another owner is not found, like one that does not exist. */
async function findKey(id: string, caller: KeyCaller, store: KeyStore): Promise<ApiKey> {
  const key = isKeyId(id) ? await store.find(id) : undefined;
  if (key === undefined || !seesOwner(caller, key.owner)) throw new ContractError('key_not_found');
  return key;
}

/** Whoever creates, rotates or revokes a key needs every scope of that key: else `keys:manage` could make itself an admin. */
function requireGrantable(caller: KeyCaller, wanted: readonly Scope[]): void {
  const missing = missingScopes(caller.scopes, wanted);
  if (missing.length > 0) {
    throw new ContractError('cannot_grant', { detail: `Your own key needs every scope of the key that it manages; it lacks ${missing.join(', ')}` });
  }
}

function grantedOwner(caller: KeyCaller, wanted: string | undefined): Owner {
  const owner = wanted ?? (isAdmin(caller.scopes) ? defaultOwner : caller.owner);
  if (!isOwner(owner)) throw new ContractError('invalid_request', { detail: 'owner: must be 1 to 100 printable characters' });
  if (owner !== caller.owner && !isAdmin(caller.scopes)) {
    throw new ContractError('cannot_grant', { detail: `Only an admin key can create keys of another owner; leave owner out or write ${caller.owner}` });
  }
  return owner;
}

function futureTime(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (time > now) return time;
  const message = 'must be in the future';
  throw new ContractError('invalid_request', { detail: `expires_at: ${message}`, fields: [{ field: 'expires_at', message }] });
}

/** The write stands: what its publication leaves undone, the sweeper finishes. */
async function settleNow(key: ApiKey, store: KeyStore, publish: PublishAudit): Promise<void> {
  try {
    await settleOutbox(key, store, publish);
  } catch (error) {
    log.warn('The outbox of a key is left to the sweeper', { key_id: key.id, reason: String(error) });
  }
}

function eventOf(fact: AuditedFact, { caller, origin, now }: KeyRequest): AuditEvent {
  return auditEvent(fact, { actor: actorOf(caller), origin }, { id: randomUUID(), now });
}

function createdByOf(caller: KeyCaller): string {
  return caller.kind === 'key' ? caller.keyId : caller.kind;
}

function describe(key: ApiKey, lastUsedAt: number | undefined, now: number): z.output<typeof apiKeySchema> {
  const secret = key.secrets.at(-1);
  return {
    key_id: key.id,
    state: stateOf(key, now),
    name: key.name ?? null,
    owner: key.owner,
    scopes: [...key.scopes],
    tier: key.tier,
    token_prefix: secret?.prefix ?? '',
    token_last_four: secret?.lastFour ?? '',
    created_at: new Date(key.createdAt).toISOString(),
    last_used_at: isoTime(lastUsedAt),
    expires_at: isoTime(key.expiresAt),
    revoked_at: isoTime(key.revokedAt),
    note: key.note ?? null,
  };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
