/** An API key with its token, for tests of decisions. */
import { defaultOwner } from '../../lambdas/contract/identifiers.js';
import type { ApiKey } from '../../lambdas/keys/key.js';
import { hashToken, parsePeppers, type Peppers } from '../../lambdas/keys/secret-hash.js';
import { createKeyId, createToken, recognizableParts } from '../../lambdas/keys/token.js';

export const peppers: Peppers = parsePeppers('{"current":"2","1":"old-pepper","2":"new-pepper"}');

export function keyWithToken(overrides: Partial<ApiKey> = {}, hashedWith: Peppers = peppers): { readonly key: ApiKey; readonly token: string } {
  const id = createKeyId();
  const token = createToken(id);
  const key: ApiKey = {
    id,
    revision: 1,
    version: 1,
    name: undefined,
    owner: defaultOwner,
    scopes: ['fax:send', 'fax:read'],
    tier: 'standard',
    note: undefined,
    allowedIps: [],
    requestsPerMinute: undefined,
    rotateEveryDays: undefined,
    createdAt: 1_000,
    createdBy: 'bootstrap',
    expiresAt: undefined,
    disabledAt: undefined,
    revokedAt: undefined,
    nativeKey: undefined,
    secrets: [{ version: 1, ...hashToken(token, hashedWith), ...recognizableParts(token), createdAt: 1_000, endsAt: undefined }],
    outbox: [],
    ...overrides,
  };
  return { key, token };
}
