/** Writes audit events to their CloudWatch log group, in a stream of this execution environment's own. */
import { AwsCallError, callJson } from '../platform/signed-request.js';
import type { AuditEvent } from './event.js';

/** Publishes events; throws when they could not be written, and whoever holds them keeps them. */
export type PublishAudit = (events: readonly AuditEvent[]) => Promise<void>;

/** An event as the log has it: beside it, the link of the chain that carries it. A refusal by the authorizer has none. */
export type AuditRecord = AuditEvent & { readonly sequence?: number; readonly hash?: string };
export type WriteAuditLog = (records: readonly AuditRecord[]) => Promise<void>;

/** Writes to one log group by signed calls: the authorizer writes too, and can't afford an SDK client. */
export function auditLogWriter(logGroupName: string): WriteAuditLog {
  const stream = { logGroupName, logStreamName: ownStreamName() };
  return async (records) => {
    if (records.length === 0) return;
    // The time of writing: of what is older, PutLogEvents takes no more than two weeks, and a day in one call.
    const timestamp = Date.now();
    const input = { ...stream, logEvents: records.map((record) => ({ timestamp, message: JSON.stringify(record) })) };
    try {
      await callLogs('PutLogEvents', input);
    } catch (error) {
      if (!isCode(error, 'ResourceNotFoundException')) throw error;
      await createStream(stream);
      await callLogs('PutLogEvents', input);
    }
  };
}

async function createStream(stream: { readonly logGroupName: string; readonly logStreamName: string }): Promise<void> {
  try {
    await callLogs('CreateLogStream', stream);
  } catch (error) {
    if (!isCode(error, 'ResourceAlreadyExistsException')) throw error;
  }
}

function callLogs(operation: string, input: unknown): Promise<unknown> {
  return callJson({ service: 'logs', target: `Logs_20140328.${operation}`, jsonVersion: '1.1', input });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof AwsCallError && error.code === code;
}

/** No two environments write into one stream; a stream's name can't hold a colon or an asterisk. */
function ownStreamName(): string {
  return `${process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'function'}/${process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? 'stream'}`.replaceAll(/[:*]/g, '-');
}
