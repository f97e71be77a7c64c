/** The OpenAPI 3.1 document, written from the operations table. `npm run openapi` stores it as openapi.json; CI compares. */
import * as z from 'zod/mini';
import { consoleHeader, sessionCookieName } from './console-session.js';
import { errors, type ErrorCode } from './errors.js';
import { operationSchemas, type OperationSchemas } from './operation-schemas.js';
import { isOpen, operationIds, operations, type Operation, type OperationId } from './operations.js';
import { errorSchema } from './schemas.js';

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
  [member: string]: Json;
}

/** Errors that any operation behind the authorizer can give, and any operation at all. */
const errorsWithKey: readonly ErrorCode[] = ['unauthorized', 'insufficient_scope', 'quota_exceeded'];
/** What a session is refused with where another site may have sent its request. */
const errorsWithSession: readonly ErrorCode[] = ['cross_site_request'];
const errorsAlways: readonly ErrorCode[] = ['rate_limited', 'internal_error', 'bad_gateway', 'gateway_timeout'];

/** Builds the whole document, as plain JSON with its members in a stable order. */
export function openApiDocument(): JsonObject {
  const components: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const id of operationIds) {
    const operation = operations[id];
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describeOperation(id, operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Faxbot on AWS',
      version: '1',
      description: 'A fax gateway that your team owns. Compatible with the REST contract of Faxbot.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to this document's own address, with and without the stage in front.
    servers: [{ url: './' }],
    paths,
    components: {
      schemas: components,
      headers,
      securitySchemes: {
        ApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        Session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName,
          description: `A session of the Admin Console. All methods but GET also need the header ${consoleHeader.name}: ${consoleHeader.value}`,
        },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The same API key as a bearer token' },
        DocumentToken: { type: 'apiKey', in: 'query', name: 'token' },
      },
    },
  };
}

function describeOperation(id: OperationId, operation: Operation, components: JsonObject): JsonObject {
  const schemas: OperationSchemas = operationSchemas[id];
  return {
    operationId: id,
    summary: operation.summary,
    tags: [operation.path.startsWith('/admin/') ? 'administration' : (operation.path.split('/')[1] ?? '')],
    ...describeSecurity(operation),
    parameters: [
      ...[...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]): Json => ({ name: name ?? '', in: 'path', required: true, schema: { type: 'string' } })),
      ...describeParameters('query', schemas.query, components),
      ...describeParameters('header', schemas.headers, components),
    ],
    ...describeBody('application/json', schemas.body, components),
    ...describeBody('multipart/form-data', schemas.form, components),
    responses: { ...describeAnswers(operation, schemas, components), ...describeErrors(operation, schemas, components) },
  };
}

function describeSecurity(operation: Operation): JsonObject {
  const key: Json[] = [{ ApiKey: [] }, { Bearer: [] }];
  const session: Json[] = [{ Session: [] }];
  const withKey = [...key, ...session];
  switch (operation.authentication.kind) {
    case 'none':
    case 'signature':
      return { security: [] };
    case 'key':
      return { security: withKey, 'x-scope': operation.authentication.scope };
    case 'any-key':
      return { security: withKey };
    case 'sign-in':
      return { security: key };
    case 'session':
      return { security: session };
    case 'token':
      return { security: [...withKey, { DocumentToken: [] }], 'x-scope': operation.authentication.scope };
  }
}

function describeParameters(place: 'query' | 'header', schema: z.ZodMiniObject | undefined, components: JsonObject): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, member]) => ({
    name,
    in: place,
    required: !z.safeParse(z.object({ member }), {}).success,
    schema: jsonSchema(z.object({ member }).shape.member, components, 'input'),
  }));
}

function describeBody(mediaType: string, schema: z.ZodMiniType | undefined, components: JsonObject): JsonObject {
  if (schema === undefined) return {};
  return { requestBody: { required: true, content: { [mediaType]: { schema: jsonSchema(schema, components, 'input') } } } };
}

function describeAnswers(operation: Operation, schemas: OperationSchemas, components: JsonObject): JsonObject {
  const limits: JsonObject = isOpen(operation) ? {} : Object.fromEntries(limitHeaderNames.map((name) => [name, headerReference(name)]));
  return Object.fromEntries(
    Object.entries(schemas.answers).map(([status, answer]): [string, Json] => [
      status,
      answer === 'redirect'
        ? { description: 'The address of the document, for a short time', headers: { Location: { required: true, schema: { type: 'string' } }, ...limits } }
        : {
            description: 'The answer',
            ...(Object.keys(limits).length === 0 ? {} : { headers: limits }),
            content: {
              'application/json': { schema: jsonSchema(answer, components, 'output') },
              ...(schemas.text === undefined ? {} : { 'text/plain': { schema: { type: 'string', description: schemas.text } } }),
            },
          },
    ]),
  );
}

function describeErrors(operation: Operation, schemas: OperationSchemas, components: JsonObject): JsonObject {
  const codes = [...schemas.errors, ...refusals(operation), ...errorsAlways];
  const byStatus = groupByStatus(codes);
  const schema = jsonSchema(errorSchema, components, 'output');
  return Object.fromEntries(
    [...byStatus].map(([status, some]): [string, Json] => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${errors[code].detail}`).join('; '),
        ...(status === errors.rate_limited.status ? { headers: { 'Retry-After': headerReference('Retry-After') } } : {}),
        content: { 'application/json': { schema } },
      },
    ]),
  );
}

/** What the authorizer refuses an operation with. */
function refusals(operation: Operation): readonly ErrorCode[] {
  if (isOpen(operation)) return [];
  const { method, authentication } = operation;
  return authentication.kind === 'sign-in' || method === 'GET' ? errorsWithKey : [...errorsWithKey, ...errorsWithSession];
}

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-11 */
const headers = {
  'RateLimit-Policy': { required: false, description: 'The limit of the key, where it has one: `q` requests in each `w` seconds', schema: { type: 'string' } },
  RateLimit: { required: false, description: 'What is left of it: `r` requests for the next `t` seconds', schema: { type: 'string' } },
  'Retry-After': { required: true, description: 'Seconds to wait', schema: { type: 'string', pattern: '^[0-9]+$' } },
} as const satisfies JsonObject;

const limitHeaderNames = ['RateLimit-Policy', 'RateLimit'] as const;

function headerReference(name: keyof typeof headers): JsonObject {
  return { $ref: `#/components/headers/${name}` };
}

function groupByStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>();
  for (const code of codes) groups.set(errors[code].status, [...(groups.get(errors[code].status) ?? []), code]);
  return groups;
}

const jsonValue: z.ZodMiniType<Json> = z.json();
const jsonObject = z.record(z.string(), jsonValue);

/** The JSON Schema of a zod schema; named ones (`meta({ id })`) move to the document's components. */
function jsonSchema(schema: z.core.$ZodType, components: JsonObject, io: 'input' | 'output'): Json {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs, id, ...own } = jsonObject.parse(JSON.parse(text));
  for (const [name, definition] of Object.entries(jsonObject.parse($defs ?? {}))) components[name] = withoutId(definition);
  if (typeof id !== 'string') return own;
  components[id] = own;
  return { $ref: `#/components/schemas/${id}` };
}

function withoutId(definition: Json): Json {
  const { id: _, ...rest } = jsonObject.parse(definition);
  return rest;
}
