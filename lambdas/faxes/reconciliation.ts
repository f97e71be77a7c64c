/** When a provider is asked again what became of an uncertain fax. Pure. */
import { sidOfAttempt, type Attempt } from './job.js';

const minute = 60_000;

/** After the attempt's end: a fax whose id is not known is looked for while it can be expected to show up in the provider's list. */
const searches = [1, 5, 15, 60].map((minutes) => minutes * minute);

/** One whose id is known is asked for until a week is over. */
const questions = [1, 5, 15, 60, 6 * 60, 24 * 60, 3 * 24 * 60, 7 * 24 * 60].map((minutes) => minutes * minute);

/** The next time; undefined once asking has come to its end, and a person has to settle it. */
export function nextReconciliation(attempt: Attempt, now: number): number | undefined {
  const since = 'endedAt' in attempt.result ? attempt.result.endedAt : attempt.startedAt;
  const offsets = sidOfAttempt(attempt) === undefined ? searches : questions;
  return offsets.map((offset) => since + offset).find((time) => time > now);
}
