/** Who may grant what to a key. Pure. */
import { ContractError } from '../contract/errors.js';
import { defaultOwner, isOwner, type Owner } from '../contract/identifiers.js';
import { isAdmin, missingScopes, type Scope } from '../contract/scopes.js';
import { defaultTier, tiers, type Tier } from '../contract/tiers.js';
import type { KeyCaller } from '../platform/caller.js';

/**
 * Whoever creates or changes a key needs every scope of that key: else `keys:manage` could make itself an admin.
 * @throws ContractError cannot_grant
 */
export function requireGrantable(caller: KeyCaller, wanted: readonly Scope[]): void {
  const missing = missingScopes(caller.scopes, wanted);
  if (missing.length > 0) {
    throw new ContractError('cannot_grant', { detail: `Your own key needs every scope of the key that it manages; it lacks ${missing.join(', ')}` });
  }
}

/**
 * The owner of a new key: the one that was named, else the default for an admin and the caller's own for everybody else.
 * @throws ContractError cannot_grant, where one who is no admin names another
 */
export function grantedOwner(caller: KeyCaller, wanted: string | undefined): Owner {
  const owner = wanted ?? (isAdmin(caller.scopes) ? defaultOwner : caller.owner);
  if (!isOwner(owner)) throw new ContractError('invalid_request', { detail: 'owner: must be 1 to 100 printable characters' });
  if (owner !== caller.owner && !isAdmin(caller.scopes)) {
    throw new ContractError('cannot_grant', { detail: `Only an admin key can create keys of another owner; leave owner out or write ${caller.owner}` });
  }
  return owner;
}

/**
 * Limits protect the gateway from its keys, so a key that is no administrator's raises none: it gives no limit of its own, moves
 * no key to another tier, and creates none above the default one.
 * @param wanted what a creation or an edit asks for; `isNew` for a creation
 * @throws ContractError cannot_grant
 */
export function requireGrantableLimits(
  caller: KeyCaller,
  wanted: { readonly tier?: Tier | undefined; readonly requests_per_minute?: number | null | undefined },
  isNew: boolean,
): void {
  if (isAdmin(caller.scopes)) return;
  if (wanted.requests_per_minute !== undefined) throw new ContractError('cannot_grant', { detail: 'Only an admin key sets requests_per_minute; leave it out' });
  if (wanted.tier === undefined) return;
  if (!isNew) throw new ContractError('cannot_grant', { detail: 'Only an admin key moves a key to another tier; leave tier out' });
  if (tiers.indexOf(wanted.tier) > tiers.indexOf(defaultTier)) {
    throw new ContractError('cannot_grant', { detail: `Only an admin key creates keys of the tier ${wanted.tier}; leave tier out` });
  }
}
