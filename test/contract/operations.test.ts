/** The operations table, the functions that serve it, its errors, and the OpenAPI document that is made from it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { functionEnvironments } from '../../lambdas/contract/environment.js';
import { errors } from '../../lambdas/contract/errors.js';
import { openApiDocument } from '../../lambdas/contract/openapi.js';
import { operationSchemas } from '../../lambdas/contract/operation-schemas.js';
import { findOperation, operationIds, operations } from '../../lambdas/contract/operations.js';
import { holdsScope, missingScopes, scopes } from '../../lambdas/contract/scopes.js';

const root = join(__dirname, '..', '..');
const checkedIn: unknown = JSON.parse(readFileSync(join(root, 'openapi.json'), 'utf8'));

describe('an operation', () => {
  it('is alone on its method and path, and found by them', () => {
    const routes = operationIds.map((id) => `${operations[id].method} ${operations[id].path}`);
    expect(new Set(routes).size).toBe(routes.length);
    for (const id of operationIds) expect(findOperation(operations[id].method, operations[id].path)).toBe(id);
  });

  it.each([
    ['PUT', '/fax'],
    ['get', '/health'],
    ['GET', '/health/'],
    ['GET', '/fax/0123'],
    ['GET', '/{proxy+}'],
  ])('is none on %s %s', (method, path) => {
    expect(findOperation(method, path)).toBeUndefined();
  });

  it.each(operationIds)('%s has a path that API Gateway takes, and names its parameter id', (id) => {
    expect(operations[id].path).toMatch(/^(\/([a-z.-]+|\{id\}))+$/);
    expect(operations[id].path.match(/\{/g) ?? []).toHaveLength(operations[id].path.includes('{id}') ? 1 : 0);
  });

  it.each(operationIds)('%s is served by a function that exists', (id) => {
    expect(handlers.get(operations[id].servedBy)).toBeDefined();
  });
});

/** Function → its folder, for each `<function>.handler.ts`. */
const handlers = new Map(
  readdirSync(join(root, 'lambdas')).flatMap((folder) =>
    readdirSync(join(root, 'lambdas', folder))
      .filter((file) => file.endsWith('.handler.ts'))
      .map((file): [string, string] => [basename(file, '.handler.ts'), folder]),
  ),
);

it('every handler is a function with an environment of its own, and every function has a handler', () => {
  expect([...handlers.keys()].sort()).toEqual(Object.keys(functionEnvironments).sort());
});

describe('a scope', () => {
  it.each(scopes)('%s is held by itself and by admin alone', (wanted) => {
    expect(scopes.filter((held) => holdsScope([held], wanted)).sort()).toEqual([...new Set([wanted, 'admin'])].sort());
    expect(missingScopes(['admin'], scopes)).toEqual([]);
    expect(missingScopes([], [wanted])).toEqual([wanted]);
  });
});

describe('an error', () => {
  it('has a code and words that no other has, and a status of an error', () => {
    const all = Object.entries(errors);
    expect(new Set(all.map(([, { detail }]) => detail)).size).toBe(all.length);
    for (const [code, { status, detail }] of all) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect([code, status >= 400 && status < 600, /^\S.*[^\s.]$/.test(detail)]).toEqual([code, true, true]);
    }
  });

  it.each(Object.keys(errors))('%s is given by somebody', (code) => {
    const outside = [...['lambdas', 'lib'].flatMap(sourcesBelow)].filter((path) => !path.startsWith('lambdas/contract/'));
    expect(outside.some((path) => readFileSync(join(root, path), 'utf8').includes(`'${code}'`)) || code === 'not_ready').toBe(true);
  });

  it.each(operationIds)('of %s never has the status of one of its answers, the report of readiness apart', (id) => {
    const { errors: own, answers } = operationSchemas[id];
    for (const code of own) expect(Object.keys(answers)).not.toContain(String(errors[code].status));
  });
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

describe('the OpenAPI document', () => {
  const schema = z.record(z.string(), z.unknown());
  const content = z.record(z.string(), z.object({ schema }));
  const parameter = z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), required: z.boolean(), schema });
  const described = z.object({
    operationId: z.string(),
    summary: z.string().min(1),
    tags: z.array(z.string().min(1)).length(1),
    security: z.array(z.record(z.string(), z.array(z.string()))),
    'x-scope': z.string().optional(),
    parameters: z.array(parameter),
    requestBody: z.object({ required: z.literal(true), content }).optional(),
    responses: z.record(z.string().regex(/^[2-5]\d\d$/), z.object({ description: z.string().min(1), content: content.optional(), headers: z.record(z.string(), z.unknown()).optional() })),
  });
  const document = z
    .strictObject({
      openapi: z.literal('3.1.0'),
      info: z.looseObject({ title: z.string(), version: z.string() }),
      servers: z.array(z.object({ url: z.string() })).min(1),
      paths: z.record(z.string().startsWith('/'), z.record(z.enum(['get', 'post', 'put', 'patch', 'delete']), described.optional())),
      components: z.object({ schemas: z.record(z.string(), schema), securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })) }),
    })
    .parse(checkedIn);
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => (operation === undefined ? [] : [{ path, method, operation }])),
  );

  it('that is checked in is the one that the table makes', () => {
    expect(checkedIn).toEqual(openApiDocument());
    expect(existsSync(join(root, 'docs', 'api.md'))).toBe(true);
  });

  it('has the operations of the table, each with its own id, scope and way to sign in', () => {
    expect(all.map(({ operation }) => operation.operationId).sort()).toEqual([...operationIds].sort());
    for (const { path, method, operation } of all) {
      const id = findOperation(method.toUpperCase(), path);
      expect(operation.operationId).toBe(id);
      const { authentication } = operations[id ?? 'getHealth'];
      expect(operation['x-scope']).toBe('scope' in authentication ? authentication.scope : undefined);
      expect(operation.security.length).toBe({ none: 0, key: 3, 'any-key': 3, 'sign-in': 2, session: 1, token: 4, signature: 0 }[authentication.kind]);
      for (const scheme of operation.security.flatMap((one) => Object.keys(one))) expect(document.components.securitySchemes).toHaveProperty(scheme);
      const inPath = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it('has only schemas that JSON Schema 2020-12 takes, and refers to none that is missing', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats(ajv);
    ajv.addKeyword('components');
    const schemas = all.flatMap(({ operation }) => [
      ...operation.parameters.map((one) => one.schema),
      ...Object.values(operation.requestBody?.content ?? {}).map((one) => one.schema),
      ...Object.values(operation.responses).flatMap((answer) => Object.values(answer.content ?? {}).map((one) => one.schema)),
    ]);
    expect(schemas.length).toBeGreaterThan(operationIds.length);
    // A schema's references are into the document, so the document stands around it.
    for (const one of [...schemas, ...Object.values(document.components.schemas)]) {
      expect(typeof ajv.compile({ ...one, components: document.components })).toBe('function');
    }
  });

  it('says of every operation behind a key that it can be refused, and of every one that it can be rate-limited or fail', () => {
    for (const { operation } of all) {
      const wanted = operation.security.length === 0 ? ['429', '500'] : ['401', '403', '429', '500'];
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(wanted));
    }
  });
});
