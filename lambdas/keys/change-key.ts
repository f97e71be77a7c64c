/** One change of a key: read, decide, write on the revision that was read, finish what the write began. */
import { ContractError } from '../contract/errors.js';
import { findKey, settleNow, type KeyAdministration, type KeyRequest } from './administration.js';
import { requireGrantable } from './granting.js';
import { isStandingAdmin, type ApiKey } from './key.js';

/** Events wait on a key while the audit trail can't take them. A key that carries so many takes no further change. */
const fullOutbox = 50;

/** How often a write that lost to the gateway's own bookkeeping is decided anew. */
const mostAttempts = 5;

/**
 * Changes a key.
 * @param decide the key as it should be; the key itself where there is nothing to change. May throw.
 * @returns the key as it stands now
 * @throws ContractError key_not_found, cannot_grant, last_admin_key, audit_unavailable; write_conflict where another
 * administrator was faster
 */
export async function changeKey(request: KeyRequest, id: string, administration: KeyAdministration, decide: (key: ApiKey) => ApiKey): Promise<ApiKey> {
  const { store } = administration;
  const first = await findKey(id, request.caller, store);
  let key = first;
  for (let attempt = 1; ; attempt += 1) {
    requireGrantable(request.caller, key.scopes);
    const next = decide(key);
    if (next === key) return key;
    if (key.outbox.length >= fullOutbox) throw new ContractError('audit_unavailable', { internal: `${key.outbox.length} events of the key ${key.id} wait for the audit trail` });
    // Off the roster first: it is the condition under which somebody stays in charge.
    if (isStandingAdmin(key) && !isStandingAdmin(next) && !(await store.removeFromRoster(key.id))) throw new ContractError('last_admin_key');
    if (await store.replace(next)) {
      await settleNow(next, administration);
      return next;
    }
    const current = await findKey(id, request.caller, store);
    if (isOwnWrite(current, next, key)) {
      await settleNow(current, administration);
      return current;
    }
    if (current.version !== first.version || attempt === mostAttempts) {
      await settleNow(current, administration);
      throw new ContractError('write_conflict');
    }
    key = current;
  }
}

/** A write whose answer got lost is made a second time and finds itself: whoever asked must hear of it, and of its token. */
function isOwnWrite(current: ApiKey, next: ApiKey, before: ApiKey): boolean {
  if (current.version !== next.version) return false;
  const secret = next.secrets.at(-1)?.hash;
  const event = next.outbox.at(-1)?.event_id;
  return (secret !== before.secrets.at(-1)?.hash && secret === current.secrets.at(-1)?.hash) || current.outbox.some((one) => one.event_id === event);
}
