/** Looks at each resource that a fax needs, in the cheapest way that shows it answers and lets us in. */
import { log } from '../platform/log.js';
import { presign, request } from '../platform/presigned-object.js';
import { callJson } from '../platform/signed-request.js';
import type { CheckResult } from './readiness.js';

/** A dependency that has not answered by then has failed its check. */
const patienceMilliseconds = 3_000;

export async function checkDependencies(names: {
  readonly keysTable: string;
  readonly faxesTable: string;
  readonly documentsBucket: string;
  readonly sendQueue: string;
}): Promise<CheckResult[]> {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  return Promise.all([
    check('keys_table', describeTable(names.keysTable, signal)),
    check('faxes_table', describeTable(names.faxesTable, signal)),
    check('documents_bucket', request(presign(names.documentsBucket, '', { method: 'HEAD', seconds: 60 }), 'HEAD', signal)),
    check('send_queue', describeQueue(names.sendQueue, signal)),
  ]);
}

function describeTable(name: string, signal: AbortSignal): Promise<unknown> {
  return callJson({ service: 'dynamodb', target: 'DynamoDB_20120810.DescribeTable', jsonVersion: '1.0', input: { TableName: name }, signal });
}

function describeQueue(url: string, signal: AbortSignal): Promise<unknown> {
  const input = { QueueUrl: url, AttributeNames: ['QueueArn'] };
  return callJson({ service: 'sqs', target: 'AmazonSQS.GetQueueAttributes', jsonVersion: '1.0', input, endpoint: url, signal });
}

async function check(name: string, look: Promise<unknown>): Promise<CheckResult> {
  try {
    await look;
    return { name, held: true };
  } catch (error) {
    log.error('A readiness check failed', { check: name, reason: String(error) });
    return { name, held: false };
  }
}
