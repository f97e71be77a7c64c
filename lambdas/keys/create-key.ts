/** The use case of creating a key. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { createApiKeySchema, createdApiKeySchema } from '../contract/key-schemas.js';
import { defaultScopes } from '../contract/scopes.js';
import { defaultTier } from '../contract/tiers.js';
import { creatorOf } from '../platform/caller.js';
import { eventOf, releaseNow, settleNow, type KeyAdministration, type KeyRequest } from './administration.js';
import { grantedOwner, requireGrantable, requireGrantableLimits } from './granting.js';
import type { ApiKey } from './key.js';
import type { KeyStore } from './key-store.js';
import { expiryOf, requireIpRanges } from './key-terms.js';
import { presentKey } from './present-key.js';
import { hashToken } from './secret-hash.js';
import { createKeyId, createToken, recognizableParts } from './token.js';

/**
 * Creates a key. The token is in this answer and nowhere else, ever.
 * @throws ContractError invalid_request (an expiry in the past, no range where one is wanted), cannot_grant
 */
export async function createKey(
  request: KeyRequest,
  wanted: z.output<typeof createApiKeySchema>,
  administration: KeyAdministration,
): Promise<z.output<typeof createdApiKeySchema>> {
  const { caller, now } = request;
  const { store, peppers, nativeKeys, rules } = administration;
  const scopes = [...new Set(wanted.scopes ?? defaultScopes)];
  const owner = grantedOwner(caller, wanted.owner ?? undefined);
  requireGrantable(caller, scopes);
  requireGrantableLimits(caller, wanted, true);
  const currentRules = await rules();

  const id = createKeyId();
  const token = createToken(id);
  const draft: ApiKey = {
    id,
    revision: 1,
    version: 1,
    name: wanted.name ?? undefined,
    owner,
    scopes,
    tier: wanted.tier ?? defaultTier,
    note: wanted.note ?? undefined,
    allowedIps: [...new Set(wanted.allowed_ips ?? [])],
    requestsPerMinute: wanted.requests_per_minute ?? undefined,
    rotateEveryDays: wanted.rotate_every_days ?? undefined,
    createdAt: now,
    createdBy: creatorOf(caller),
    expiresAt: expiryOf(wanted.expires_at, currentRules, now),
    disabledAt: undefined,
    revokedAt: undefined,
    nativeKey: undefined,
    secrets: [{ version: 1, ...hashToken(token, await peppers()), ...recognizableParts(token), createdAt: now, endsAt: undefined }],
    outbox: [],
  };
  requireIpRanges(draft, currentRules);

  const answer = presentKey(draft, undefined, now);
  const diff = {
    name: answer.name,
    owner,
    scopes,
    tier: draft.tier,
    expires_at: answer.expires_at,
    allowed_ips: answer.allowed_ips,
    requests_per_minute: answer.requests_per_minute,
    rotate_every_days: answer.rotate_every_days,
  };
  const nativeKey = await nativeKeys.lease(draft.tier, id);
  const key: ApiKey = { ...draft, nativeKey, outbox: [eventOf({ event: 'api_key_created', target_key_id: id, secret_version: 1, diff }, request)] };
  if (!(await store.create(key)) && !(await isStored(key, store))) {
    await releaseNow(nativeKey, administration);
    throw new ContractError('internal_error', { internal: `The key id ${id} was taken` });
  }
  await settleNow(key, administration);
  return { ...answer, token };
}

/** A write whose answer got lost is made a second time, and finds its own key: whoever asked must still hear the token. */
async function isStored(key: ApiKey, store: KeyStore): Promise<boolean> {
  const stored = await store.find(key.id);
  return stored !== undefined && stored.secrets[0]?.hash === key.secrets[0]?.hash;
}
