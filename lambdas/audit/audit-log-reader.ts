/** What the audit log tells of the chain: each of its records names the link that carries its event. */
import { jsonMember } from '../platform/json-member.js';
import { withRetries } from '../platform/retry.js';
import { callJson } from '../platform/signed-request.js';
import { eachOnce, witnessOfRecord, type Witness } from './witness.js';

/** The links that records since a time (epoch milliseconds) tell of, each once. */
export async function readLogWitnesses(logGroupName: string, since: number): Promise<readonly Witness[]> {
  let found: readonly Witness[] = [];
  let nextToken: unknown;
  do {
    const input = { logGroupName, startTime: since, filterPattern: recordsOfTheChain, ...(nextToken === undefined ? {} : { nextToken }) };
    const page: unknown = await withRetries(() => callJson({ service: 'logs', target: 'Logs_20140328.FilterLogEvents', jsonVersion: '1.1', input }));
    found = eachOnce([...found, ...messagesOf(page).flatMap((message) => witnessOfRecord(message) ?? [])]);
    nextToken = jsonMember(page, 'nextToken') ?? undefined;
  } while (nextToken !== undefined);
  return found;
}

/** The authorizer's records name no link. */
const recordsOfTheChain = '{ $.sequence > 0 }';

function messagesOf(page: unknown): string[] {
  const events = jsonMember(page, 'events');
  if (!Array.isArray(events)) return [];
  return events.flatMap((event) => {
    const message = jsonMember(event, 'message');
    return typeof message === 'string' ? [message] : [];
  });
}
