/** The closed sets of words about keys: their states, why one is refused, and what is advised. */

export const keyStates = ['active', 'disabled', 'expired', 'revoked'] as const;

/** Why a sign-in is refused. The caller never reads it; the history and the dry run do. */
export const refusalReasons = [
  'no_key',
  'malformed',
  'bad_checksum',
  'unknown_id',
  'wrong_secret',
  'rotated_out',
  'revoked',
  'expired',
  'disabled',
  'ip_refused',
  'scope_missing',
  'limited',
  'bootstrap_ended',
  'unknown_session',
  'session_ended',
  'cross_site',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** What a key's administrator should look at. */
export const keyAdviceCodes = ['expires_soon', 'no_expiry', 'rotation_due', 'never_used', 'unused_scopes'] as const;

export type KeyAdviceCode = (typeof keyAdviceCodes)[number];
