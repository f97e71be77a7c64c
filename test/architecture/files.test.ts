/** Files as the house has them: each says what it is, and is called by what it is about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const rooms = ['bin', 'lib', 'lambdas', 'local', 'admin-ui', 'sdks', 'test', 'bench'];

/** Names that say nothing: what is in such a file belongs to the thing that it is about. */
const empty = /(^|[-./])(utils?|helpers?|common|managers?|misc)(?=[-./]|$)/;
const announced = /^(#!.*\n)?\/\*\*[\s\S]/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (path === 'admin-ui/dist') return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const files = rooms.flatMap(filesBelow);
const sources = files.filter((path) => /\.(tsx?|mjs|cjs)$/.test(path));

test('are all looked at', () => {
  expect(sources.length).toBeGreaterThan(300);
});

test('have names that say what they are about', () => {
  expect(files.filter((path) => empty.test(path))).toEqual([]);
  expect(['lib/utils.ts', 'local/common/x.ts', 'test/keys/test-helper.ts'].every((path) => empty.test(path))).toBe(true);
  expect(['lib/utilisation.ts', 'lambdas/keys/management.ts'].some((path) => empty.test(path))).toBe(false);
});

test('say in their first lines what they are', () => {
  const silent = sources.filter((path) => !announced.test(readFileSync(join(root, path), 'utf8')));
  expect(silent).toEqual([]);
});
