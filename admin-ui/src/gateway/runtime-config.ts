/** What the stack tells the console: where the API is, and what it was deployed as. Served uncached; index.html asks for it early. */
import * as z from 'zod/mini';

const runtimeConfigSchema = z.object({
  /** Without a slash at the end. */
  apiBase: z.string(),
  stage: z.string(),
  version: z.string(),
  /** Two letters (ISO 3166-1), or `none`: of the numbers that are written without a country. */
  defaultCountry: z._default(z.string(), 'none'),
});

export type RuntimeConfig = z.output<typeof runtimeConfigSchema>;

/** @throws Error where the file is not there or says something else */
export async function readRuntimeConfig(): Promise<RuntimeConfig> {
  const answer = await fetch('/runtime-config.json');
  if (!answer.ok) throw new Error(`runtime-config.json: ${answer.status}`);
  return runtimeConfigSchema.parse(await answer.json());
}
