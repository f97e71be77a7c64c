/**
 * A finding on its way into the chain: whoever anchors the chain must not be able to write it, so it asks the sweeper, which
 * may (docs/adr/0012-audit-chain.md). The message says one thing only.
 */
import { jsonMember } from '../platform/json-member.js';
import { withRetries } from '../platform/retry.js';
import { exchange } from '../platform/signed-exchange.js';
import { AwsCallError } from '../platform/signed-request.js';
import { parseAuditEvent, type AuditEvent } from './event.js';

type Finding = Extract<AuditEvent, { readonly event: 'audit_chain_broken' }>;

/** Leaves a finding with the function. @throws AwsCallError where Lambda refuses */
export async function sendFinding(functionName: string, finding: AuditEvent): Promise<void> {
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? `https://lambda.${process.env['AWS_REGION'] ?? ''}.amazonaws.com`;
  await withRetries(async () => {
    const { status, text } = await exchange({
      service: 'lambda',
      method: 'POST',
      address: new URL(`/2015-03-31/functions/${functionName}/invocations`, endpoint),
      headers: { 'Content-Type': 'application/json', 'X-Amz-Invocation-Type': 'Event' },
      body: JSON.stringify({ finding: JSON.stringify(finding) }),
      patienceSeconds: 5,
    });
    if (status !== 202) throw new AwsCallError('InvocationRefused', status, text);
  });
}

/** The finding that a function was invoked with; undefined where it was invoked for anything else. @throws Error for a finding that is none */
export function readFinding(payload: unknown): Finding | undefined {
  const text = jsonMember(payload, 'finding');
  if (typeof text !== 'string') return undefined;
  const event = parseAuditEvent(text);
  if (event.event !== 'audit_chain_broken') throw new Error(`Not a finding: ${event.event}`);
  return event;
}
