/** A client of the gateway for tests: it holds every answer against openapi.json. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const media = z.object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional() });
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), media) }))),
  components: z.record(z.string(), z.unknown()),
});
const openApi = documentShape.parse(JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8')));

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema({ $id: 'openapi', components: openApi.components });

const errorShape = z.looseObject({ detail: z.string(), code: z.string() });

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
}

export interface GatewayRequest {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly form?: FormData;
}

/** Sends a request; throws when the answer is not one that the OpenAPI document declares. */
export async function call(base: string, method: string, path: string, request: GatewayRequest = {}): Promise<GatewayAnswer> {
  const headers = new Headers(request.headers);
  if (request.key !== undefined) headers.set('X-API-Key', request.key);
  if (request.json !== undefined) headers.set('Content-Type', 'application/json');
  const body = request.json === undefined ? request.form : JSON.stringify(request.json);
  const answer = await fetch(`${base}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  const parsed = { status: answer.status, headers: answer.headers, text, body: parseJson(text) };
  holdAgainstContract(method, path, parsed);
  return parsed;
}

function holdAgainstContract(method: string, path: string, { status, body }: GatewayAnswer): void {
  if (method === 'OPTIONS') return;
  const wanted = path.split('?')[0]?.split('/') ?? [];
  const [, operations] = Object.entries(openApi.paths).find(([template]) => matches(template.split('/'), wanted)) ?? [];
  const operation = operations?.[method.toLowerCase()];
  if (operation === undefined) {
    errorShape.parse(body);
    return;
  }
  const declared = operation.responses[String(status)];
  if (declared === undefined) throw new Error(`${operation.operationId} does not declare the status ${status}: ${JSON.stringify(body)}`);
  const schema = declared.content?.['application/json']?.schema;
  if (schema === undefined) return;
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')));
  if (!validate(body)) throw new Error(`The answer of ${operation.operationId} breaks its schema: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
}

function matches(template: readonly string[], wanted: readonly string[]): boolean {
  return template.length === wanted.length && template.every((part, index) => part.startsWith('{') || part === wanted[index]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const fax = z.object({ id: z.string(), status: z.string(), state: z.string(), error: z.string().nullable(), to: z.string(), pages: z.number().nullable(), pdf_url: z.string().optional() });
export type Fax = z.output<typeof fax>;
export const readFax = (answer: GatewayAnswer): Fax => fax.parse(answer.body);

const created = z.object({ key_id: z.string(), token: z.string() });
export const readCreatedKey = (answer: GatewayAnswer): z.output<typeof created> => created.parse(answer.body);

/** The form of POST /fax. */
export function faxForm(to: string, file: Buffer | string = 'A fax.\n', name = 'fax.txt'): FormData {
  const form = new FormData();
  form.append('to', to);
  form.append('file', new Blob([new Uint8Array(Buffer.from(file))]), name);
  return form;
}

/** Asks until `done` holds, for at most `seconds`; gives the last answer. */
export async function until<T>(ask: () => Promise<T>, done: (value: T) => boolean, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > deadline) throw new Error(`It did not come to that within ${seconds} s: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for a fax to come to an end. */
export async function untilEnded(base: string, key: string, id: string): Promise<Fax> {
  return until(
    async () => readFax(await call(base, 'GET', `/fax/${id}`, { key })),
    ({ state }) => ['success', 'failed', 'uncertain', 'cancelled'].includes(state),
  );
}
