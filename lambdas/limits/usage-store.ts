/**
 * The limits table: one item a caller, written once with each request. The write that notes the use counts it, too: exactly,
 * however many functions count at once (docs/adr/0013-minute-limit.md).
 */
import type { KeyId } from '../contract/identifiers.js';
import type { LimitClass } from '../contract/operations.js';
import type { Scope } from '../contract/scopes.js';
import { heldKeyOf, type KeyCaller } from '../platform/caller.js';
import { conditionHeld, getItem, updateItem, type Attributes } from '../platform/dynamodb.js';
import { minuteOf, type MinuteWindow } from './minute-limit.js';

export interface KeyUse {
  readonly caller: KeyCaller;
  /** The scope that the operation asks for. */
  readonly scope: Scope | undefined;
  readonly limitClass: LimitClass | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Counts a request, and says how many the caller's window has with it. */
export type CountUse = (use: KeyUse) => Promise<MinuteWindow>;

/** So many callers' windows are remembered at most. */
const mostWindows = 10_000;

/** Two environments that open a minute at once, and one whose clock is behind: nobody needs more turns. */
const mostTurns = 4;

export function usageCounter(tableName: string): CountUse {
  /** What this environment saw last: it only saves guesses, and requests that are refused anyway. */
  const seen = new Map<string, MinuteWindow>();

  function remember(name: string, window: MinuteWindow): MinuteWindow {
    if (seen.size >= mostWindows) seen.clear();
    seen.set(name, window);
    return window;
  }

  return async (use) => {
    const pk = callerPk(use.caller);
    const name = `${pk} ${use.limitClass ?? ''}`;
    const minute = minuteOf(use.now);
    const last = seen.get(name);
    const { minuteLimit } = use.caller;
    // Counts only grow: who was over the limit in this minute still is, and that costs no write.
    const standing = last !== undefined && last.minute >= minute ? last : undefined;
    if (standing !== undefined && minuteLimit > 0 && standing.requests >= minuteLimit) return { ...standing, requests: minuteLimit + 1 };

    let isOpen = standing !== undefined;
    for (let turn = 1; turn <= mostTurns; turn += 1) {
      const window = await (isOpen ? countOn(tableName, pk, use, minute) : openMinute(tableName, pk, use, minute));
      if (window !== undefined) return remember(name, window);
      isOpen = !isOpen;
    }
    throw new Error(`A request of ${pk} could not be counted`);
  };
}

/** Counts in the minute that stands, or a later one that an environment with a faster clock opened. Undefined when none does. */
function countOn(tableName: string, pk: string, use: KeyUse, minute: number): Promise<MinuteWindow | undefined> {
  return count(tableName, pk, use, { set: '#minute = #minute', add: ' ADD #requests :one', condition: '#minute >= :minute', values: { ':minute': minute, ':one': 1 } });
}

/** Opens a minute with its first request. Undefined when it is open already. */
function openMinute(tableName: string, pk: string, use: KeyUse, minute: number): Promise<MinuteWindow | undefined> {
  return count(tableName, pk, use, {
    set: '#minute = :minute, #requests = :one',
    add: '',
    condition: 'attribute_not_exists(#minute) OR #minute < :minute',
    values: { ':minute': minute, ':one': 1 },
  });
}

interface Count {
  readonly set: string;
  readonly add: string;
  readonly condition: string;
  readonly values: Attributes;
}

async function count(tableName: string, pk: string, { caller, scope, limitClass, now }: KeyUse, { set, add, condition, values }: Count): Promise<MinuteWindow | undefined> {
  const names = windowNames(limitClass);
  const key = heldKeyOf(caller);
  const used = [
    'last_used_at',
    ...(key === undefined ? [] : [`secret_${key.secretVersion}_last_used_at`]),
    ...(scope === undefined ? [] : [`scope_${scope}_last_used_at`]),
  ];
  let written: Attributes = {};
  const counted = await conditionHeld(
    updateItem({
      TableName: tableName,
      Key: { pk },
      UpdateExpression: `SET ${set}, ${used.map((_, index) => `#used${index} = :now`).join(', ')}${key === undefined ? '' : ', key_id = :id'}${add}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#minute': names.minute, '#requests': names.requests, ...Object.fromEntries(used.map((name, index) => [`#used${index}`, name])) },
      ExpressionAttributeValues: { ...values, ':now': now, ...(key === undefined ? {} : { ':id': key.keyId }) },
      ReturnValues: 'UPDATED_NEW',
    }).then((attributes) => {
      written = attributes;
    }),
  );
  return counted ? windowOf(written, limitClass) : undefined;
}

/** The window that the caller's item holds, of all requests or of those of a class; undefined before the first. */
export async function readWindow(tableName: string, caller: KeyCaller, limitClass?: LimitClass): Promise<MinuteWindow | undefined> {
  const item = await getItem(tableName, { pk: callerPk(caller) });
  return item?.[windowNames(limitClass).minute] === undefined ? undefined : windowOf(item, limitClass);
}

function windowOf(attributes: Attributes, limitClass: LimitClass | undefined): MinuteWindow {
  const names = windowNames(limitClass);
  const { [names.minute]: minute, [names.requests]: requests } = attributes;
  if (typeof minute !== 'number' || typeof requests !== 'number') throw new Error('An item of the limits table holds no count');
  return { minute, requests };
}

function windowNames(limitClass: LimitClass | undefined): { readonly minute: string; readonly requests: string } {
  return limitClass === undefined ? { minute: 'minute', requests: 'requests' } : { minute: `${limitClass}_minute`, requests: `${limitClass}_requests` };
}

/** A session counts with its key: it is no way around the key's limit. */
function callerPk(caller: KeyCaller): string {
  const key = heldKeyOf(caller);
  if (key !== undefined) return usagePk(key.keyId);
  return caller.kind === 'session' ? 'BOOTSTRAP' : caller.kind.toUpperCase();
}

/** Where a key's item stands in the table. */
export function usagePk(id: KeyId): string {
  return `KEY#${id}`;
}
