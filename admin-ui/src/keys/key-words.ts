/** Keys in the words that people read. Pure. */
import type { ApiKey } from '../gateway/operation-types.js';
import type { KeyAdviceCode } from '../../../lambdas/contract/key-words.js';

/** What a key is called: its name, else its id. */
export function titleOf(key: Pick<ApiKey, 'name' | 'key_id'>): string {
  return key.name ?? key.key_id;
}

/** As much of a token as anybody may see: `fbk_live_0123456789ab_…wxyz`. */
export function tokenHint(key: Pick<ApiKey, 'token_prefix' | 'token_last_four'>): string {
  return `${key.token_prefix}…${key.token_last_four}`;
}

/** True for a key that will never be in force again as it is. */
export function isDead(key: Pick<ApiKey, 'state'>): boolean {
  return key.state === 'revoked' || key.state === 'expired';
}

export const adviceTitles = {
  expires_soon: 'Expires soon',
  no_expiry: 'No expiry',
  rotation_due: 'Rotation due',
  never_used: 'Never used',
  unused_scopes: 'Unused scopes',
} as const satisfies Record<KeyAdviceCode, string>;

export const stateTitles = { active: 'Active', disabled: 'Disabled', expired: 'Expired', revoked: 'Revoked' } as const satisfies Record<ApiKey['state'], string>;

/** Why an action is not offered for a key; undefined where it is. */
export function whyNot(action: 'edit' | 'rotate' | 'disable' | 'enable' | 'revoke', key: ApiKey | undefined): string | undefined {
  if (key === undefined) return 'Select a key first';
  if (key.state === 'revoked') return 'The key is revoked for good';
  if (action === 'rotate' && key.state !== 'active') return `The key is ${key.state}: only an active key can be rotated`;
  if (action === 'rotate' && key.rotation !== null) return 'A rotation is under way: finish or cancel it first';
  if (action === 'disable' && key.disabled_at !== null) return 'The key is disabled already';
  if (action === 'enable' && key.disabled_at === null) return 'The key is not disabled';
  return undefined;
}
