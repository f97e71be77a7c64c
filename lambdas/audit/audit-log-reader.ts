/** What the audit log tells of the chain: each of its records names the link that carries its event. */
import { jsonMember } from '../platform/json-member.js';
import { withRetries } from '../platform/retry.js';
import { callJson } from '../platform/signed-request.js';
import type { Witness } from './verify-chain.js';

/** The links that records since a time (epoch milliseconds) tell of, each once. */
export async function readLogWitnesses(logGroupName: string, since: number): Promise<readonly Witness[]> {
  const found = new Map<string, Witness>();
  let nextToken: unknown;
  do {
    const input = { logGroupName, startTime: since, filterPattern: '{ $.sequence > 0 }', ...(nextToken === undefined ? {} : { nextToken }) };
    const page: unknown = await withRetries(() => callJson({ service: 'logs', target: 'Logs_20140328.FilterLogEvents', jsonVersion: '1.1', input }));
    const events = jsonMember(page, 'events');
    for (const event of Array.isArray(events) ? events : []) {
      const witness = witnessOf(jsonMember(event, 'message'));
      if (witness !== undefined) found.set(`${witness.sequence} ${witness.hash}`, witness);
    }
    nextToken = jsonMember(page, 'nextToken');
  } while (nextToken !== undefined && nextToken !== null);
  return [...found.values()];
}

/** The link that a record of the log tells of; undefined where it tells of none. */
export function witnessOf(message: unknown): Witness | undefined {
  if (typeof message !== 'string') return undefined;
  const record: unknown = JSON.parse(message);
  const [sequence, hash] = [jsonMember(record, 'sequence'), jsonMember(record, 'hash')];
  return typeof sequence === 'number' && typeof hash === 'string' ? { kind: 'log', sequence, hash } : undefined;
}
