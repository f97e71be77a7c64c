/** Multipart uploads under way: their descriptions and parts in LevelDB, the parts' bodies in files. */
import { randomUUID } from 'node:crypto';
import type { ClassicLevel, DelOptions, PutOptions } from 'classic-level';
import type { BodyFiles } from './body-files.js';
import type { ChecksumAlgorithm } from './checksums.js';
import type { Checksum, ObjectDescription } from './object-record.js';
import { pastPrefix } from './object-store.js';

export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly initiated: number;
  readonly description: ObjectDescription;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] };
}

export interface Part {
  readonly number: number;
  readonly bodyFile: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  readonly lastModified: number;
  readonly checksum?: Checksum;
}

const durableUpload: PutOptions<string, Upload> = { sync: true };
const durablePart: PutOptions<string, Part> = { sync: true };
const durableRemoval: DelOptions<string> = { sync: true };

export class UploadStore {
  private readonly uploads;
  private readonly parts;

  constructor(
    database: ClassicLevel,
    private readonly bodies: BodyFiles,
  ) {
    this.uploads = database.sublevel<string, Upload>('uploads', { valueEncoding: 'json' });
    this.parts = database.sublevel<string, Part>('parts', { valueEncoding: 'json' });
  }

  async begin(upload: Omit<Upload, 'uploadId'>): Promise<Upload> {
    const begun = { ...upload, uploadId: randomUUID().replaceAll('-', '') };
    await this.uploads.put(begun.uploadId, begun, durableUpload);
    return begun;
  }

  async find(uploadId: string): Promise<Upload | undefined> {
    return this.uploads.get(uploadId);
  }

  async all(): Promise<readonly Upload[]> {
    return this.uploads.values().all();
  }

  async putPart(uploadId: string, part: Part): Promise<void> {
    const name = partName(uploadId, part.number);
    const replaced = await this.parts.get(name);
    await this.parts.put(name, part, durablePart);
    if (replaced !== undefined) await this.bodies.discard(replaced.bodyFile);
  }

  /** In the order of their numbers. */
  async partsOf(uploadId: string): Promise<readonly Part[]> {
    return this.parts.values({ gte: `${uploadId}/`, lt: pastPrefix(`${uploadId}/`) }).all();
  }

  /** Forgets an upload, completed or aborted, and the bodies of its parts. */
  async remove(uploadId: string): Promise<void> {
    const parts = await this.partsOf(uploadId);
    await this.uploads.del(uploadId, durableRemoval);
    for (const part of parts) {
      await this.parts.del(partName(uploadId, part.number));
      await this.bodies.discard(part.bodyFile);
    }
  }
}

function partName(uploadId: string, number: number): string {
  return `${uploadId}/${String(number).padStart(5, '0')}`;
}
