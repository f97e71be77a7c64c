/** The Node SDK as somebody gets it: packed, and installed into a folder of its own, without a network. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { nodeSdk, root } from './languages.js';

const packedShape = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

function npm(folder: string, ...words: readonly string[]): string {
  return execFileSync('npm', [...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_config_cache: join(folder, '.npm'), npm_config_update_notifier: 'false', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_offline: 'true' },
  });
}

/** A fresh folder with the SDK installed and a document beside it; and the names of the files that the package holds. */
export function installPacked(): { readonly folder: string; readonly files: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-user-'));
  const [{ filename, files }] = packedShape.parse(JSON.parse(npm(folder, 'pack', '--json', nodeSdk)));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebodys-program', private: true }));
  npm(folder, 'install', `./${filename}`);
  copyFileSync(join(root, 'document.pdf'), join(folder, 'document.pdf'));
  return { folder, files: files.map(({ path }) => path).sort() };
}
