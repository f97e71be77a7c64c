/** A key in the words of the contract: all that may be shown of it, which is never a token or a hash. Pure. */
import type * as z from 'zod/mini';
import type { apiKeySchema } from '../contract/key-schemas.js';
import type { KeyUsage } from '../limits/key-usage-store.js';
import { isoTime } from '../platform/iso-time.js';
import { adviceFor } from './key-advice.js';
import { isLive, stateOf, type ApiKey, type KeySecret } from './key.js';
import { overlapOf } from './rotation.js';

/** @param usage when it was used; undefined: never */
export function presentKey(key: ApiKey, usage: KeyUsage | undefined, now: number): z.output<typeof apiKeySchema> {
  const current = key.secrets.at(-1);
  const overlap = overlapOf(key, now);
  return {
    key_id: key.id,
    state: stateOf(key, now),
    version: key.version,
    name: key.name ?? null,
    owner: key.owner,
    scopes: [...key.scopes],
    tier: key.tier,
    allowed_ips: [...key.allowedIps],
    requests_per_minute: key.requestsPerMinute ?? null,
    rotate_every_days: key.rotateEveryDays ?? null,
    token_prefix: current?.prefix ?? '',
    token_last_four: current?.lastFour ?? '',
    created_at: new Date(key.createdAt).toISOString(),
    created_by: key.createdBy,
    last_used_at: isoTime(usage?.lastUsedAt),
    expires_at: isoTime(key.expiresAt),
    disabled_at: isoTime(key.disabledAt),
    revoked_at: isoTime(key.revokedAt),
    note: key.note ?? null,
    secrets: key.secrets.map((secret) => presentSecret(secret, usage, now)),
    rotation:
      overlap === undefined
        ? null
        : { older_version: overlap.older.version, newer_version: overlap.newer.version, ends_at: isoTime(overlap.older.endsAt) },
    advice: adviceFor(key, usage, now),
  };
}

function presentSecret(secret: KeySecret, usage: KeyUsage | undefined, now: number): z.output<typeof apiKeySchema>['secrets'][number] {
  return {
    version: secret.version,
    token_last_four: secret.lastFour,
    created_at: new Date(secret.createdAt).toISOString(),
    last_used_at: isoTime(usage?.secrets.get(secret.version)),
    ends_at: isoTime(secret.endsAt),
    live: isLive(secret, now),
  };
}
