/** The bodies of objects and parts, each in a file of its own that is whole and on disk before anything refers to it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { runningChecksum, type ChecksumAlgorithm, type RunningChecksum } from './checksums.js';

export interface StagedBody {
  readonly bodyFile: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** The raw digest of each checksum that was asked for. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, Buffer>;
}

export class BodyFiles {
  private readonly bodies: string;
  private readonly incoming: string;

  /** Opens the folder and clears what a crash left half written. */
  constructor(directory: string) {
    this.bodies = join(directory, 'bodies');
    this.incoming = join(directory, 'incoming');
    rmSync(this.incoming, { recursive: true, force: true });
    mkdirSync(this.incoming, { recursive: true });
    // 256 folders by the first byte of the name keep each of them small.
    for (let byte = 0; byte < 256; byte++)
      mkdirSync(join(this.bodies, byte.toString(16).padStart(2, '0')), { recursive: true });
  }

  /**
   * Writes a body to a temporary file, syncs it and renames it: a file under its final name is always whole.
   * Nothing refers to it until the caller stores its name; the caller discards it if that fails.
   */
  async stage(
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    algorithms: Iterable<ChecksumAlgorithm> = [],
  ): Promise<StagedBody> {
    const id = randomUUID();
    const temporary = join(this.incoming, id);
    const running = new Map<ChecksumAlgorithm, RunningChecksum>();
    for (const algorithm of algorithms) running.set(algorithm, runningChecksum(algorithm));
    const md5 = createHash('md5');
    let size = 0;
    try {
      const file = await open(temporary, 'wx');
      try {
        for await (const piece of source) {
          md5.update(piece);
          for (const checksum of running.values()) checksum.update(piece);
          size += piece.length;
          await file.writeFile(piece);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      const bodyFile = `${id.slice(0, 2)}/${id}`;
      await rename(temporary, join(this.bodies, bodyFile));
      const checksums = new Map([...running].map(([algorithm, checksum]) => [algorithm, checksum.digest()]));
      return { bodyFile, size, md5: md5.digest('hex'), checksums };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Opens a body for reading, or gives undefined where it has been replaced in the meantime. The caller closes it. */
  async openBody(bodyFile: string): Promise<FileHandle | undefined> {
    try {
      return await open(join(this.bodies, bodyFile), 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async discard(bodyFile: string): Promise<void> {
    await rm(join(this.bodies, bodyFile), { force: true });
  }
}
