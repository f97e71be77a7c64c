/** The audit trail of a running local cloud: as it stands in its log group, and as the API reads it. */
import * as z from 'zod';
import { call } from './gateway-client.js';
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

const logPage = z.object({
  items: z.array(auditEvent.extend({ sequence: z.number(), ts: z.string() })),
  count: z.number(),
  next_cursor: z.string().nullable(),
  searched_links: z.number(),
  searched_back_to: z.string().nullable(),
});
export type LogPage = z.output<typeof logPage>;

/** GET /admin/logs. @throws ZodError where it is refused */
export async function readLogs(base: string, key: string, query: Readonly<Record<string, string | number>> = {}): Promise<LogPage> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  const text = parameters.toString();
  return logPage.parse((await call(base, 'GET', `/admin/logs${text === '' ? '' : `?${text}`}`, { key })).body);
}
