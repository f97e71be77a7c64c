/** A client of the gateway for tests: it holds every answer against openapi.json. */
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const headerShape = z.object({ required: z.boolean() });
const answerShape = z.object({
  headers: z.record(z.string(), z.union([headerShape, z.object({ $ref: z.string() })])).optional(),
  content: z.object({ 'application/json': z.object({ schema: z.record(z.string(), z.unknown()) }), 'text/plain': z.object({}).optional() }).optional(),
});
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), answerShape) }))),
  components: z.looseObject({ headers: z.record(z.string(), headerShape) }),
});
const openApi = documentShape.parse(JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8')));

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema({ $id: 'openapi', components: openApi.components });

/** What a path that is none, or a method that its path does not have, is answered with. */
const noSuchOperation = z.union([
  z.strictObject({ status: z.literal(404), body: z.strictObject({ detail: z.literal('Not Found'), code: z.literal('not_found') }) }),
  z.strictObject({ status: z.literal(405), body: z.strictObject({ detail: z.literal('Method Not Allowed'), code: z.literal('method_not_allowed') }) }),
]);

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
  /** Sent as it is; its type goes into `headers`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** Sends a request; throws when the answer is not one that the OpenAPI document declares. */
export async function call(base: string, method: string, path: string, request: GatewayRequest = {}): Promise<GatewayAnswer> {
  const headers = new Headers(request.headers);
  if (request.key !== undefined) headers.set('X-API-Key', request.key);
  if (request.json !== undefined) headers.set('Content-Type', 'application/json');
  const body = request.raw ?? (request.json === undefined ? request.form : JSON.stringify(request.json));
  const answer = await fetch(`${base}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  const parsed = { status: answer.status, headers: answer.headers, text, body: parseJson(text) };
  holdAgainstContract(method, path, parsed);
  return parsed;
}

/** Of a preflight the OpenAPI document says nothing. */
function holdAgainstContract(method: string, path: string, { status, headers, body }: GatewayAnswer): void {
  if (method === 'OPTIONS') return;
  const wanted = path.split('?')[0]?.split('/') ?? [];
  const [template, operations] = Object.entries(openApi.paths).find(([one]) => matches(one.split('/'), wanted)) ?? [];
  const operation = operations?.[method.toLowerCase()];
  if (operation === undefined) {
    noSuchOperation.parse({ status, body });
    return;
  }
  const declared = operation.responses[String(status)];
  if (declared === undefined) throw new Error(`${operation.operationId} does not declare the status ${status}: ${JSON.stringify(body)}`);
  for (const [name, header] of Object.entries(declared.headers ?? {})) {
    const { required } = '$ref' in header ? headerShape.parse(openApi.components.headers[header.$ref.replace('#/components/headers/', '')]) : header;
    if (required && !headers.has(name)) throw new Error(`The answer ${status} of ${operation.operationId} lacks the header ${name}`);
  }
  const schema = declared.content?.['application/json'].schema;
  if (schema === undefined) return;
  if (declared.content?.['text/plain'] !== undefined && headers.get('content-type') === 'text/plain; charset=utf-8') return;
  if (headers.get('content-type') !== 'application/json') throw new Error(`The answer of ${operation.operationId} is ${headers.get('content-type')}, not JSON`);
  const validate = validatorOf(`${method} ${template} ${status}`, schema);
  if (!validate(body)) throw new Error(`The answer of ${operation.operationId} breaks its schema: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(answer: string, schema: unknown): ValidateFunction {
  const known = validators.get(answer);
  if (known !== undefined) return known;
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')));
  validators.set(answer, validate);
  return validate;
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

const fax = z.object({
  id: z.string(),
  status: z.string(),
  state: z.string(),
  error: z.string().nullable(),
  to: z.string(),
  pages: z.number().nullable(),
  backend: z.string(),
  provider_sid: z.string().nullable(),
  pdf_url: z.string().optional(),
});
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
export async function untilEnded(base: string, key: string, id: string, seconds?: number): Promise<Fax> {
  return until(
    async () => readFax(await call(base, 'GET', `/fax/${id}`, { key })),
    ({ state }) => ['success', 'failed', 'uncertain', 'cancelled'].includes(state),
    seconds,
  );
}

let numbers = 0;

/** A number that no other fax of this run goes to: faxes to one number go out one after another. */
export function freshNumber(): string {
  numbers += 1;
  return `+1555200${String(numbers).padStart(4, '0')}`;
}

/** Sends a fax; gives the answer, whatever it is. */
export function sendFax(
  base: string,
  key: string,
  to: string,
  { file, name, headers = {} }: { readonly file?: Buffer | string; readonly name?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<GatewayAnswer> {
  return call(base, 'POST', '/fax', { key, form: faxForm(to, file, name), headers });
}

/** Creates a key by another one. @throws ZodError where that is refused */
export async function createKey(base: string, by: string, wanted: object = {}): Promise<z.output<typeof created>> {
  return readCreatedKey(await call(base, 'POST', '/admin/api-keys', { key: by, json: wanted }));
}
