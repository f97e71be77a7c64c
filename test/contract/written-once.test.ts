/** No path and no scope of the operations table is written a second time in the product. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { scopes } from '../../lambdas/contract/scopes.js';

const root = join(__dirname, '..', '..');

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return /(?<!\.d)\.(ts|tsx|mjs|cjs)$/.test(path) ? [path] : [];
  });
}

/** All that stands between quotes or backticks in a program; comments and the names of modules do not count. */
function textsIn(program: string, path: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, program, ts.ScriptTarget.ES2022));
  return texts;
}

/** Each path, as it is and as its pieces around the parameters; `/` and `/pdf` alone are nobody's. */
const pathPieces = new Set(
  operationIds.flatMap((id) => [operations[id].path, ...operations[id].path.split(/\{\w+\}/)]).map((piece) => piece.replace(/\/$/, '')).filter((piece) => piece.split('/').length > 2 || /^\/(fax|health)$/.test(piece)),
);

function writes(text: string): string[] {
  const paths = [...pathPieces].filter((piece) => text === piece || new RegExp(`(^|[^\\w.-])${piece.replaceAll(/[.{}]/g, '\\$&')}(?![\\w.-])`).test(text));
  return [...paths, ...scopes.filter((scope) => text === scope)];
}

/** What a person pastes is printed by a file that must not know the application's sources; the end-to-end tests paste it. */
const knownOutside: ReadonlyMap<string, readonly string[]> = new Map([
  ['local/start.ts', ['/fax']],
  ['local/try-provider/gateway-providers.ts', ['/admin/settings', '/admin/settings/providers']],
]);

it('finds a path and a scope where one is written, and no more', () => {
  const found = (program: string) => textsIn(program, 'x.ts').flatMap(writes);
  expect(found("get('/fax/' + id)")).toContain('/fax');
  expect(found('get(`${base}/admin/api-keys/${id}/rotate`)')).toContain('/admin/api-keys');
  expect(found("if (scopes.includes('keys:manage')) {}")).toEqual(['keys:manage']);
  expect(found("// GET /fax\nimport x from './fax/y.js'; const word = 'documents/fax'; const who = 'administrator';")).toEqual([]);
});

it.each(['lambdas', 'lib', 'bin', 'local'].flatMap(sourcesBelow).filter((path) => !path.startsWith('lambdas/contract/')))('%s writes none', (path) => {
  const found = textsIn(readFileSync(join(root, path), 'utf8'), path).flatMap(writes);
  expect([path, found]).toEqual([path, knownOutside.get(path) ?? []]);
});
