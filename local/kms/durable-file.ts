/** A small JSON file that is either the old or the new one after a crash, and readable by its owner alone. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ZodType } from 'zod';

export class DurableFile<Content> {
  constructor(
    private readonly path: string,
    private readonly schema: ZodType<Content>,
  ) {}

  /**
   * The content, or undefined where nothing was written yet.
   * @throws Error naming the file where it does not hold what this program writes
   */
  read(): Content | undefined {
    if (!existsSync(this.path)) return undefined;
    const parsed = this.schema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')));
    if (!parsed.success)
      throw new Error(`${this.path} does not hold what this program writes. Move it away, or run: npm start -- --reset`);
    return parsed.data;
  }

  /** Replaces the content. When it returns, the new content is on the disk. */
  write(content: Content): void {
    const draft = `${this.path}.draft`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(file, JSON.stringify(content, null, 1));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.path);
    syncDirectory(dirname(this.path));
  }
}

/** A rename is durable when its directory is. Windows can't open a directory, and needs no sync of it. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
