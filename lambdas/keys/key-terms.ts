/** What a request wants of a key, checked against the moment, the caller and the gateway's rules. Pure. */
import type * as z from 'zod/mini';
import { ContractError } from '../contract/errors.js';
import type { createApiKeySchema, editApiKeySchema } from '../contract/key-schemas.js';
import { heldKeyOf } from '../platform/caller.js';
import type { KeyRules, KeyRequest } from './administration.js';
import { isAllowedAddress } from './ip-ranges.js';
import type { ApiKey } from './key.js';
import type { Editable } from './key-changes.js';

const dayMilliseconds = 86_400_000;

/**
 * When a new key ends, in epoch milliseconds. `null` asks for none, absence for the gateway's default.
 * @throws ContractError invalid_request: an expiry in the past
 */
export function expiryOf(wanted: z.output<typeof createApiKeySchema>['expires_at'], { defaultKeyExpiryDays }: KeyRules, now: number): number | undefined {
  if (wanted === undefined) return defaultKeyExpiryDays === 0 ? undefined : now + defaultKeyExpiryDays * dayMilliseconds;
  return wanted === null ? undefined : futureTime(wanted, now);
}

/** The members of an edit in the key's own terms: absent ones are absent, null ones undefined. @throws ContractError invalid_request */
export function editedTerms(wanted: Omit<z.output<typeof editApiKeySchema>, 'version'>, now: number): Partial<Editable> {
  const { name, scopes, tier, expires_at: expiresAt, note, allowed_ips: allowedIps, requests_per_minute: requestsPerMinute, rotate_every_days: rotateEveryDays } = wanted;
  return {
    ...(name === undefined ? {} : { name: name ?? undefined }),
    ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
    ...(tier === undefined ? {} : { tier }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? undefined : futureTime(expiresAt, now) }),
    ...(note === undefined ? {} : { note: note ?? undefined }),
    ...(allowedIps === undefined ? {} : { allowedIps: [...new Set(allowedIps ?? [])] }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute: requestsPerMinute ?? undefined }),
    ...(rotateEveryDays === undefined ? {} : { rotateEveryDays: rotateEveryDays ?? undefined }),
  };
}

/** @throws ContractError invalid_request where the gateway wants ranges and the key has none */
export function requireIpRanges(key: Pick<ApiKey, 'allowedIps'>, rules: KeyRules): void {
  if (rules.requireIpRanges && key.allowedIps.length === 0) {
    throw invalidField('allowed_ips', 'must name at least one range: this gateway wants every key to say from where it is used (REQUIRE_IP_RANGES)');
  }
}

/** @throws ContractError invalid_request where a key would shut itself out with this edit */
export function requireOwnAddress(key: Pick<ApiKey, 'id' | 'allowedIps'>, { caller, origin }: KeyRequest): void {
  if (heldKeyOf(caller)?.keyId !== key.id || isAllowedAddress(key.allowedIps, origin.source_ip)) return;
  throw invalidField('allowed_ips', `must hold ${origin.source_ip}, from where this request comes: the key would shut itself out`);
}

function futureTime(text: string, now: number): number {
  const time = Date.parse(text);
  if (time > now) return time;
  throw invalidField('expires_at', 'must be in the future');
}

function invalidField(field: string, message: string): ContractError {
  return new ContractError('invalid_request', { detail: `${field}: ${message}`, fields: [{ field, message }] });
}
