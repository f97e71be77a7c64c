/** What a scheduled invocation carries: the input of the template, or the event that AWS makes up where it gives none. */
import type { StackIdentity } from '../cloud/resource.js';

export interface ScheduledTime {
  /** ARN of the schedule or rule. */
  readonly arn: string;
  /** Milliseconds. */
  readonly time: number;
  readonly executionId: string;
  readonly attempt: number;
}

/** The event of a rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export function ruleEvent(identity: StackIdentity, { arn, time, executionId }: ScheduledTime): string {
  return JSON.stringify({ ...common(identity, arn, time, executionId), source: 'aws.events', detail: {} });
}

/** The event of a schedule without an input; its detail is text. */
export function scheduleEvent(identity: StackIdentity, { arn, time, executionId }: ScheduledTime): string {
  return JSON.stringify({ ...common(identity, arn, time, executionId), source: 'aws.scheduler', detail: '{}' });
}

function common(identity: StackIdentity, arn: string, time: number, id: string): object {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    account: identity.accountId,
    time: isoSeconds(time),
    region: identity.region,
    resources: [arn],
  };
}

/** The context attributes that an input may name. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function withContextAttributes(input: string, { arn, time, executionId, attempt }: ScheduledTime): string {
  const attributes: Readonly<Record<string, string>> = {
    '<aws.scheduler.schedule-arn>': arn,
    '<aws.scheduler.scheduled-time>': isoSeconds(time),
    '<aws.scheduler.execution-id>': executionId,
    '<aws.scheduler.attempt-number>': String(attempt),
  };
  return Object.entries(attributes).reduce((text, [name, value]) => text.replaceAll(name, value), input);
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
