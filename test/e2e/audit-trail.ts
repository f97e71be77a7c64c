/** The audit trail of a running local cloud, as it stands in its log group. */
import * as z from 'zod';
import type { RunningLocalCloud } from './local-cloud.js';
import { messagesOf, type Template } from './stack-resources.js';

const auditEvent = z.looseObject({ event_id: z.string(), event: z.string(), target_key_id: z.string().optional(), job_id: z.string().optional() });
export type AuditEvent = z.output<typeof auditEvent>;

/** All events, in the order in which they were written; one that a crash made to be written twice stands there twice. */
export async function auditTrail(cloud: RunningLocalCloud, template: Template): Promise<AuditEvent[]> {
  const [group] = Object.entries(template.Resources).find(([id, { Type }]) => Type === 'AWS::Logs::LogGroup' && id.startsWith('AuditLog')) ?? [];
  if (group === undefined) throw new Error('The template has no audit log group');
  return (await messagesOf(cloud, group)).map((message) => auditEvent.parse(JSON.parse(message)));
}
