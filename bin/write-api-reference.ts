/** `npm run api-reference`: writes the operations part of docs/api.md from the operations table. A test compares it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { errors } from '../lambdas/contract/errors.js';
import { openApiDocument } from '../lambdas/contract/openapi.js';
import { operationSchemas, type OperationSchemas } from '../lambdas/contract/operation-schemas.js';
import { operationIds, operations, type Authentication, type OperationId } from '../lambdas/contract/operations.js';

const page = join(__dirname, '..', 'docs', 'api.md');
const begin = '<!-- operations: written by bin/write-api-reference.ts, do not edit -->';
const end = '<!-- end of operations -->';

const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  required: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), schema).optional();
  },
  get items() {
    return schema.optional();
  },
  get anyOf() {
    return z.array(schema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), schema]).optional();
  },
});
type Schema = z.infer<typeof schema>;

const content = z.record(z.string(), z.object({ schema }));
const document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema })),
        requestBody: z.object({ content }).optional(),
        responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/** The page with its operations part written anew. @throws Error where the page has lost its marks */
export function withOperations(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error('docs/api.md lacks the marks of the operations part');
  return `${text.slice(0, from + begin.length)}\n\n${operationsPart()}\n${text.slice(to)}`;
}

function operationsPart(): string {
  const { paths, components } = document.parse(openApiDocument());
  const shapes = Object.entries(components.schemas).sort(([one], [other]) => one.localeCompare(other));
  return [
    ...operationIds.flatMap((id) => describeOperation(id, paths)),
    '## Shapes\n',
    ...shapes.flatMap(([name, shape]) => [`### ${name}\n`, ...(shape.description === undefined ? [] : [`${shape.description}\n`]), membersTable(shape)]),
  ].join('\n');
}

function describeOperation(id: OperationId, paths: z.infer<typeof document>['paths']): string[] {
  const { method, path, summary, authentication } = operations[id];
  const described = paths[path]?.[method.toLowerCase()];
  if (described === undefined) throw new Error(`The OpenAPI document has no ${id}`);
  const { parameters, requestBody, responses } = described;
  const schemas: OperationSchemas = operationSchemas[id];
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, body]) => `Body: \`${type}\`, ${typeOf(body.schema)}.\n`);
  const answers = Object.keys(schemas.answers).map((status) => {
    const shape = responses[status]?.content?.['application/json']?.schema;
    return `\`${status}\` ${shape === undefined ? 'with the address in `Location`' : `with ${typeOf(shape)}`}`;
  });
  const codes = schemas.errors.map((code) => `[\`${code}\`](errors.md#${code}) (${errors[code].status})`);
  return [
    `### ${summary}\n`,
    `\`${method} ${path}\`. Operation \`${id}\`. ${accessWords(authentication)}\n`,
    ...(parameters.length === 0 ? [] : [parametersTable(parameters)]),
    ...bodies,
    `Answers ${answers.join(', or ')}.${codes.length === 0 ? '' : ` Errors of its own: ${codes.join(', ')}.`}\n`,
  ];
}

function accessWords(authentication: Authentication): string {
  switch (authentication.kind) {
    case 'none':
      return 'Open to everybody.';
    case 'key':
      return `Needs the scope \`${authentication.scope}\`.`;
    case 'any-key':
      return 'Needs a key or a session, with whatever scopes.';
    case 'sign-in':
      return 'Needs a key itself, with whatever scopes.';
    case 'session':
      return 'Needs the session of the Admin Console.';
    case 'signature':
      return 'Needs the signature of the provider ([callbacks](guides/webhooks.md)).';
    case 'token':
      return `Needs a document token in \`token\`, or a key with the scope \`${authentication.scope}\`.`;
  }
}

function parametersTable(parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[]): string {
  const rows = parameters.map(
    ({ name, in: place, required, schema: shape }) => `| \`${name}\` | ${place} | ${required ? 'yes' : 'no'} | ${typeOf(shape)} | ${wordsOf(shape)} |`,
  );
  return ['| parameter | in | required | type | meaning |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function membersTable({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(
    ([name, shape]) => `| \`${name}\` | ${required.includes(name) ? 'yes' : 'no'} | ${typeOf(shape)} | ${wordsOf(shape)} |`,
  );
  return ['| member | always | type | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function wordsOf({ description, default: fallback, anyOf }: Schema): string {
  const inner = description ?? anyOf?.map((one) => one.description).find((words) => words !== undefined) ?? '';
  return fallback === undefined ? inner : `${inner === '' ? '' : `${inner}. `}Default ${JSON.stringify(fallback)}`;
}

function typeOf(shape: Schema): string {
  const name = shape.$ref?.split('/').at(-1);
  if (name !== undefined) return `[${name}](#${name.toLowerCase()})`;
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``;
  if (shape.enum !== undefined) return shape.enum.map((word) => `\`${word}\``).join(', ');
  if (shape.anyOf !== undefined) return shape.anyOf.map(typeOf).join(' or ');
  if (shape.type === 'array' && shape.items !== undefined) return `list of ${typeOf(shape.items)}`;
  if (shape.type === 'object' && typeof shape.additionalProperties === 'object') return `object of ${typeOf(shape.additionalProperties)}`;
  if (shape.format === 'date-time') return 'time';
  return [shape.type ?? 'anything'].flat().join(' or ');
}

if (require.main === module) writeFileSync(page, withOperations(readFileSync(page, 'utf8')));
