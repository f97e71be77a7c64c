/** Looks at each resource that a fax needs, in the cheapest way that shows it answers and lets us in. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { log } from '../platform/log.js';
import { presign, request } from '../platform/presigned-object.js';
import type { CheckResult } from './readiness.js';

/** A dependency that has not answered by then has failed its check. */
const patienceMilliseconds = 3_000;

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});

export async function checkDependencies(names: {
  readonly keysTable: string;
  readonly faxesTable: string;
  readonly documentsBucket: string;
  readonly sendQueue: string;
}): Promise<CheckResult[]> {
  const abortSignal = AbortSignal.timeout(patienceMilliseconds);
  return Promise.all([
    check('keys_table', dynamodb.send(new DescribeTableCommand({ TableName: names.keysTable }), { abortSignal })),
    check('faxes_table', dynamodb.send(new DescribeTableCommand({ TableName: names.faxesTable }), { abortSignal })),
    check('documents_bucket', request(presign(names.documentsBucket, '', { method: 'HEAD', seconds: 60 }), 'HEAD', abortSignal)),
    check('send_queue', sqs.send(new GetQueueAttributesCommand({ QueueUrl: names.sendQueue, AttributeNames: ['QueueArn'] }), { abortSignal })),
  ]);
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
