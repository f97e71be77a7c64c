/** Which messages of a batch are done, by what the function returned. Pure. */
import type { InvocationOutcome } from '../cloud/function-invoker.js';

/**
 * The ids of the messages to delete; the others come back after their visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @param reportsItemFailures whether the mapping has ReportBatchItemFailures: without it the returned value does not matter
 */
export function doneMessages(
  outcome: InvocationOutcome,
  messageIds: readonly string[],
  reportsItemFailures: boolean,
): readonly string[] {
  if (outcome.kind !== 'returned') return [];
  if (!reportsItemFailures) return messageIds;
  const failed = failedItems(outcome.payload, new Set(messageIds));
  return failed === 'all' ? [] : messageIds.filter((id) => !failed.has(id));
}

function failedItems(payload: string, batch: ReadonlySet<string>): ReadonlySet<string> | 'all' {
  let answer: unknown;
  try {
    answer = payload === '' ? null : JSON.parse(payload);
  } catch {
    return 'all';
  }
  if (answer === null) return new Set();
  if (typeof answer !== 'object' || Array.isArray(answer)) return 'all';
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : null;
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const failed = new Set<string>();
  for (const failure of failures) {
    const identifier = itemIdentifier(failure);
    // An identifier that is missing, empty or of no message in the batch fails the whole batch.
    if (identifier === undefined || !batch.has(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
}

function itemIdentifier(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return undefined;
  return typeof failure.itemIdentifier === 'string' ? failure.itemIdentifier : undefined;
}
