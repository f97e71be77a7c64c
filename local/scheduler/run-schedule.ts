/** Runs one schedule: waits until it is due, invokes, waits again. A run that is still going on is not joined by a second one. */
import { deliver, type Delivery, type DeliveryContext } from './delivery.js';
import type { Schedule } from './schedule-expression.js';

export interface RunningSchedule {
  readonly schedule: Schedule;
  /** Milliseconds; before and after these the schedule is not due. */
  readonly from: number;
  readonly until: number;
  /** Milliseconds within which an invocation may come after its time. */
  readonly flexibleWindow: number;
  /** The delivery for what was due at this time. */
  readonly delivery: (scheduledTime: number) => Delivery;
}

/**
 * Begins to run a schedule.
 * @param startedAt milliseconds; what was due before is not made up for. One time for all that starts together: a schedule
 *   that is due at its start must not miss that by the time that the start takes.
 * @param random gives a number from 0 (included) to 1 (not included)
 * @returns ends it; a run that is going on is left to end
 */
export function runSchedule(running: RunningSchedule, context: DeliveryContext, startedAt: number, random: () => number): () => void {
  const { timers, report } = context;
  let cancel = (): void => {};
  let inFlight = false;

  function waitAfter(time: number): void {
    const due = running.schedule.next(time);
    if (due === undefined || due > running.until) return;
    cancel = timers.after(Math.max(0, due - timers.now()), () => {
      // After a sleep of the machine only one of the missed times is made up for.
      waitAfter(Math.max(due, timers.now()));
      const delay = Math.floor(random() * running.flexibleWindow);
      if (delay === 0) { run(due); return; }
      const cancelDelay = timers.after(delay, () => {
        context.waits.delete(cancelDelay);
        run(due);
      });
      context.waits.add(cancelDelay);
    });
  }

  function run(due: number): void {
    if (inFlight) return;
    inFlight = true;
    deliver(running.delivery(due), context)
      .catch((error: unknown) => { report(error instanceof Error ? (error.stack ?? error.message) : String(error)); })
      .finally(() => {
        inFlight = false;
      });
  }

  waitAfter(Math.max(startedAt, running.from) - 1);
  return () => { cancel(); };
}
