/** What PutLogEvents takes and refuses. Pure. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
import { AwsError } from '../cloud/service.js';

export interface LogEvent {
  /** Milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

export interface AcceptedBatch {
  readonly accepted: readonly LogEvent[];
  /** As in the answer: indexes into the request; absent where every event was taken. */
  readonly rejected?: {
    readonly tooNewLogEventStartIndex?: number;
    readonly tooOldLogEventEndIndex?: number;
    readonly expiredLogEventEndIndex?: number;
  };
}

const hour = 3_600_000;
const day = 24 * hour;
const bytesPerEvent = 26;
const maximumBytes = 1_048_576;

/**
 * Sorts a batch into what is stored and what is too new, too old or already expired.
 * @param now milliseconds
 * @throws AwsError InvalidParameterException where the batch is too large, out of order or spans more than 24 hours
 */
export function acceptBatch(events: readonly LogEvent[], now: number, retentionInDays: number | undefined): AcceptedBatch {
  if (events.length > 10_000) throw invalid(`Log events exceed the limit of 10,000: ${events.length}`);
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + bytesPerEvent, 0);
  if (bytes > maximumBytes) throw invalid(`Upload too large: ${bytes} bytes exceed the limit of ${maximumBytes}`);
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0)))
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  const span = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0);
  if (span > day) throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');

  const firstTooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * hour);
  const endOfTooOld = countBefore(events, now - 14 * day);
  const endOfExpired = retentionInDays === undefined ? 0 : countBefore(events, now - retentionInDays * day);
  const accepted = events.slice(Math.max(endOfTooOld, endOfExpired), firstTooNew === -1 ? undefined : firstTooNew);
  if (accepted.length === events.length) return { accepted };
  return {
    accepted,
    rejected: {
      ...(firstTooNew === -1 ? {} : { tooNewLogEventStartIndex: firstTooNew }),
      ...(endOfTooOld === 0 ? {} : { tooOldLogEventEndIndex: endOfTooOld }),
      ...(endOfExpired === 0 ? {} : { expiredLogEventEndIndex: endOfExpired }),
    },
  };
}

function countBefore(events: readonly LogEvent[], time: number): number {
  const kept = events.findIndex(({ timestamp }) => timestamp >= time);
  return kept === -1 ? events.length : kept;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message, 400);
}
