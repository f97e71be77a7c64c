/** Who may grant what to a key. Pure. */
import { ContractError } from '../contract/errors.js';
import { defaultOwner, isOwner, type Owner } from '../contract/identifiers.js';
import { isAdmin, missingScopes, type Scope } from '../contract/scopes.js';
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
