/** What S3 keeps of a key: its versions, newest first, and the pure rules by which a write or a delete changes them. */
import type { ChecksumAlgorithm } from './checksums.js';
import type { Encryption } from './encryption.js';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in -<number of parts>. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** What a client says about an object when it writes it, and gets back when it reads it. */
export interface ObjectDescription {
  /** content-type, cache-control, content-disposition, content-encoding, content-language, expires, as sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by name, without the prefix x-amz-meta-. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
}

export type RetentionMode = 'GOVERNANCE' | 'COMPLIANCE';

/** Of a bucket. */
export interface ObjectLock {
  /** What each new version gets. */
  readonly defaultRetention?: { readonly mode: RetentionMode; readonly days: number };
}

export interface Retention {
  readonly mode: RetentionMode;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface StoredObject extends ObjectDescription {
  readonly kind: 'object';
  /** 'null' where versioning is not enabled. */
  readonly versionId: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Without quotation marks. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly bodyFile: string;
  readonly checksum?: Checksum;
  readonly retention?: Retention;
}

export interface DeleteMarker {
  readonly kind: 'delete-marker';
  readonly versionId: string;
  readonly lastModified: number;
}

export type ObjectVersion = StoredObject | DeleteMarker;
/** Newest first; never empty once stored. */
export type Versions = readonly ObjectVersion[];

/** 'Off' was never enabled; 'Suspended' keeps what earlier versions there are. */
export type Versioning = 'Enabled' | 'Suspended' | 'Off';

/** Whether Object Lock keeps a version at this time (milliseconds). */
export function isRetained(version: ObjectVersion | undefined, now: number): version is StoredObject & { readonly retention: Retention } {
  return version?.kind === 'object' && version.retention !== undefined && version.retention.until > now;
}

/** The object that a plain GET sees, if there is one. */
export function currentObject(versions: Versions): StoredObject | undefined {
  const newest = versions[0];
  return newest?.kind === 'object' ? newest : undefined;
}

/** The versions after a write: where versioning is enabled the new one joins, else it takes the place of the null version. */
export function withVersion(versions: Versions, added: ObjectVersion): Versions {
  return [added, ...(added.versionId === 'null' ? withoutVersion(versions, 'null') : versions)];
}

export function withoutVersion(versions: Versions, versionId: string): Versions {
  return versions.filter((version) => version.versionId !== versionId);
}

/** The versions after a DELETE without a version id; `marker` is the delete marker to leave where one is due. */
export function withoutCurrent(versions: Versions, versioning: Versioning, marker: DeleteMarker): Versions {
  if (versioning === 'Enabled') return withVersion(versions, marker);
  const others = withoutVersion(versions, 'null');
  // A bucket without versioning forgets the key; what an earlier, versioned life left must stay hidden behind a marker.
  return versioning === 'Off' && others.length === 0 ? [] : withVersion(others, { ...marker, versionId: 'null' });
}
