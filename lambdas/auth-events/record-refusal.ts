/** What the authorizer writes when it refuses: one event of the audit trail and one of the history of sign-ins, within a budget. */
import { randomUUID } from 'node:crypto';
import type { WriteAuditLog } from '../audit/audit-log-store.js';
import { auditEvent, type AuditEvent, type Origin } from '../audit/event.js';
import type { SessionId } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import { actorOf, type Caller } from '../platform/caller.js';
import { logFailure } from '../platform/failure-log.js';
import type { NamedKey } from './auth-event.js';
import type { RecordAuthEvent } from './auth-event-store.js';
import { WriteBudget, writeRate } from './write-budget.js';

export interface Refusal {
  readonly reason: RefusalReason;
  /** Whom the authorizer recognized; undefined: nobody. */
  readonly caller?: Caller | undefined;
  /** The key that the token names, where it exists. */
  readonly key?: NamedKey | undefined;
  /** The session that the cookie names, where it exists. */
  readonly sessionId?: SessionId | undefined;
  readonly origin: Origin;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Records refusals before they are answered. It never fails. A flood of them is counted, not written; garbage has a budget of
 * its own, so that it can't hide what happens to a real key.
 */
export function refusalRecorder({ writeAuditLog, record }: { readonly writeAuditLog: WriteAuditLog; readonly record: RecordAuthEvent }): (refusal: Refusal) => Promise<void> {
  const budgets = { known: new WriteBudget(writeRate), unknown: new WriteBudget(writeRate) };
  return async ({ reason, caller, key, sessionId, origin, now }) => {
    // Whoever presents the bootstrap key after its end knows it.
    const budget = key !== undefined || sessionId !== undefined || reason === 'bootstrap_ended' ? budgets.known : budgets.unknown;
    const allowance = budget.take(now);
    if (allowance.kind === 'exhausted') return;
    const { suppressed } = allowance;
    const id = randomUUID();
    const fact = {
      event: 'auth_refused',
      reason,
      ...(key === undefined ? {} : { target_key_id: key.id }),
      ...(sessionId === undefined ? {} : { target_session_id: sessionId }),
      ...(suppressed === 0 ? {} : { suppressed }),
    } as const;
    const actor = caller === undefined ? ({ type: 'anonymous' } as const) : actorOf(caller);
    await Promise.all([
      writeQuietly(writeAuditLog, auditEvent(fact, { actor, origin }, { id, now }, 'refused')),
      record({ id, time: now, outcome: 'refused', reason, caller: caller?.kind ?? 'unknown', key, sessionId, origin, suppressed }),
    ]);
  };
}

async function writeQuietly(writeAuditLog: WriteAuditLog, event: AuditEvent): Promise<void> {
  try {
    await writeAuditLog([event]);
  } catch (error) {
    logFailure('A refusal could not be written to the audit log', error);
  }
}
