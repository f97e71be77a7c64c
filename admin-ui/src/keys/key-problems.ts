/** What is wrong with a form of a key, by the server's own schemas, before it is sent. Pure. */
import type * as z from 'zod/mini';
import { sentence } from '../gateway/gateway-error.js';

export type Problems = Readonly<Record<string, string>>;

/** Field → the first thing that is wrong with it. */
export function problemsOf(schema: z.ZodMiniType, body: unknown): Problems {
  const result = schema.safeParse(body);
  if (result.success) return {};
  const problems: Record<string, string> = {};
  for (const { path, message } of result.error.issues) problems[String(path[0] ?? '')] ??= sentence(message);
  return problems;
}
