/** What the batch operations share: checks of the entries' ids, and an answer that tells each entry's own fate. */
import * as z from 'zod';
import { AwsError } from '../cloud/service.js';

interface FailedEntry {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** Whatever would be empty is left out, as SQS does though its model calls both required. https://github.com/aws/aws-sdk/issues/536 */
export interface BatchAnswer<Result> {
  readonly Successful?: readonly (Result & { readonly Id: string })[];
  readonly Failed?: readonly FailedEntry[];
}

/** An id may be anything here; `checkEntries` has SQS's own errors for those that it refuses. */
export const entryId = z.string();

/** @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct, InvalidBatchEntryId */
export function checkEntries(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.', 400);
  if (entries.length > 10)
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${entries.length}.`, 400);
  const ids = entries.map(({ Id }) => Id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`, 400);
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new AwsError('InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.', 400);
}

/** Runs each entry; an AwsError of one does not stop the others. */
export async function eachEntry<Entry extends { readonly Id: string }, Result extends object>(
  entries: readonly Entry[],
  run: (entry: Entry) => Result | Promise<Result>,
): Promise<BatchAnswer<Result>> {
  const successful: (Result & { readonly Id: string })[] = [];
  const failed: FailedEntry[] = [];
  for (const entry of entries)
    try {
      successful.push({ ...(await run(entry)), Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: error.status < 500, Code: error.code, Message: error.message });
    }
  return {
    ...(successful.length > 0 ? { Successful: successful } : {}),
    ...(failed.length > 0 ? { Failed: failed } : {}),
  };
}
