/** The dry run: may this key call that operation, and if not, why. */
import type * as z from 'zod/mini';
import type { checkApiKeySchema, checkedApiKeySchema } from '../contract/key-schemas.js';
import type { RefusalReason } from '../contract/key-words.js';
import { operations, type Authentication } from '../contract/operations.js';
import { isoTime } from '../platform/iso-time.js';
import { findKey, type KeyAdministration, type KeyRequest } from './administration.js';
import { judgeKey, mayCall } from './authorize.js';
import type { ApiKey } from './key.js';

/** @throws ContractError key_not_found */
export async function checkKey(
  { caller, now }: KeyRequest,
  id: string,
  { operation, source_ip: address }: z.output<typeof checkApiKeySchema>,
  { store }: Pick<KeyAdministration, 'store'>,
): Promise<z.output<typeof checkedApiKeySchema>> {
  const key = await findKey(id, caller, store);
  const { authentication } = operations[operation];
  const reason = judgeKey(key, address, now) ?? (mayCall({ kind: 'key', scopes: key.scopes }, authentication) ? undefined : 'scope_missing');
  return reason === undefined ? { allowed: true, reason: null, detail: null } : { allowed: false, reason, detail: detailOf(reason, key, authentication, address) };
}

function detailOf(reason: RefusalReason, key: ApiKey, authentication: Authentication, address: string | undefined): string {
  switch (reason) {
    case 'revoked':
      return `The key was revoked at ${isoTime(key.revokedAt) ?? 'some time'}: create a new one`;
    case 'expired':
      return `The key expired at ${isoTime(key.expiresAt) ?? 'some time'}: extend it, or create a new one`;
    case 'disabled':
      return `The key was disabled at ${isoTime(key.disabledAt) ?? 'some time'}: enable it`;
    case 'ip_refused':
      return `${address ?? 'The address'} is in none of the key's ranges (${key.allowedIps.join(', ')}): add it, or call from one of them`;
    case 'scope_missing':
      return 'scope' in authentication
        ? `The operation needs the scope ${authentication.scope}; the key holds ${key.scopes.join(', ')}`
        : 'The operation is not for a key';
    default:
      return reason;
  }
}
