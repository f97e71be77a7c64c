/** The use case of GET /auth/me: which key this is, what it may do, and what is left of its limits. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { meSchema } from '../contract/key-schemas.js';
import { anonymousPlan, defaultTier } from '../contract/tiers.js';
import { heldKeyOf } from '../platform/caller.js';
import { isoTime } from '../platform/iso-time.js';
import type { KeyRequest } from './administration.js';
import type { KeyStore } from './key-store.js';

type Me = z.output<typeof meSchema>;

/** @throws ContractError unauthorized, where the key went away since the authorizer saw it */
export async function describeCaller(
  { caller }: Pick<KeyRequest, 'caller'>,
  { store, minuteLeft }: { readonly store: Pick<KeyStore, 'find'>; readonly minuteLeft: () => Promise<Me['limits']['per_minute']> },
): Promise<Me> {
  const limits = { per_minute: await minuteLeft() };
  const held = heldKeyOf(caller);
  if (held === undefined) {
    const { kind, owner, scopes } = caller;
    const tier = kind === 'anonymous' ? anonymousPlan : defaultTier;
    return { kind, key_id: null, name: null, owner, scopes: [...scopes], tier, expires_at: null, secret: null, limits };
  }
  const key = await store.find(held.keyId);
  if (key === undefined) throw new ContractError('unauthorized');
  const secret = key.secrets.find(({ version }) => version === held.secretVersion);
  return {
    kind: caller.kind,
    key_id: key.id,
    name: key.name ?? null,
    owner: key.owner,
    scopes: [...key.scopes],
    tier: key.tier,
    expires_at: isoTime(key.expiresAt),
    secret: secret === undefined ? null : { version: secret.version, ends_at: isoTime(secret.endsAt) },
    limits,
  };
}
