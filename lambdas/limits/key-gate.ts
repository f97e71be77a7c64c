/** The gate in front of every operation that takes a key: counts the request, and lets it through or not. */
import { randomUUID } from 'node:crypto';
import { namedKeyOf, sessionIdOf } from '../auth-events/auth-event.js';
import { authEventRecorder, type RecordAuthEvent } from '../auth-events/auth-event-store.js';
import { WriteBudget, writeRate, type Allowance } from '../auth-events/write-budget.js';
import type { GateEnvironment } from '../contract/environment.js';
import { operations, type Operation } from '../contract/operations.js';
import { heldKeyOf, isKeyCaller } from '../platform/caller.js';
import type { Gate, GateRequest, Passage } from '../platform/gate.js';
import { limitHeaders, minuteOf, standingOf } from './minute-limit.js';
import { sessionUseNoter, type NoteSessionUse } from './session-use-store.js';
import { isWorthNoting } from './session-use.js';
import { usageCounter, type CountUse } from './usage-store.js';

/** The gate of a function, as the stack equips it (lib/limits.ts). */
export function keyGate(environment: GateEnvironment): Gate {
  return gateWith({ count: usageCounter(environment.LIMITS_TABLE), record: authEventRecorder(environment), noteSession: sessionUseNoter(environment.LIMITS_TABLE) });
}

const nothing = Promise.resolve();
const free: Passage = { kind: 'open', headers: {}, written: nothing };

/**
 * The gate, with what it counts and records by. The history gets the first request of each caller and minute, and the first that
 * an environment refuses of them.
 */
export function gateWith({ count, record, noteSession }: { readonly count: CountUse; readonly record: RecordAuthEvent; readonly noteSession: NoteSessionUse }): Gate {
  const budget = new WriteBudget(writeRate);
  const refusals = new FirstOfMinute();
  return async (request) => {
    const { caller, now } = request;
    if (!isKeyCaller(caller)) return free;
    const { authentication, limitClass }: Operation = operations[request.operation];
    const scope = 'scope' in authentication ? authentication.scope : undefined;
    const seen = caller.kind === 'session' && isWorthNoting(caller.lastSeenAt, now) ? noteSession(caller.sessionId, now) : nothing;
    const window = await count({ caller, scope, limitClass, now });
    const { minuteLimit: limit } = caller;
    const standing = limit === 0 ? undefined : standingOf(window, limit, now);
    const headers = standing === undefined ? {} : limitHeaders(standing, limit, limitClass);
    if (standing?.isLimited !== true) return { kind: 'open', headers, written: both(seen, window.requests === 1 ? record(eventOf(request, 'accepted', 0)) : nothing) };

    const isFirst = refusals.take(heldKeyOf(caller)?.keyId ?? caller.kind, minuteOf(now));
    const allowance: Allowance = isFirst ? budget.take(now) : { kind: 'exhausted' };
    if (!isFirst) budget.skip();
    return { kind: 'shut', headers, written: both(seen, allowance.kind === 'write' ? record(eventOf(request, 'limited', allowance.suppressed)) : nothing) };
  };
}

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other]);
}

function eventOf({ caller, origin, now }: GateRequest, outcome: 'accepted' | 'limited', suppressed: number): Parameters<RecordAuthEvent>[0] {
  return { id: randomUUID(), time: now, outcome, reason: outcome === 'limited' ? 'limited' : undefined, caller: caller.kind, key: namedKeyOf(caller), sessionId: sessionIdOf(caller), origin, suppressed };
}

/** Who came already in this minute. */
class FirstOfMinute {
  private minute = -1;
  private readonly names = new Set<string>();

  /** True for a name that is new in the minute. */
  take(name: string, minute: number): boolean {
    if (minute !== this.minute) {
      this.minute = minute;
      this.names.clear();
    }
    if (this.names.has(name)) return false;
    this.names.add(name);
    return true;
  }
}
