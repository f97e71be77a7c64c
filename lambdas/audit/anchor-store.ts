/** The anchors' bucket: the only file that talks to it. Whatever stands in it stays, by Object Lock. */
import { createHash } from 'node:crypto';
import { listObjectVersions, readObjectVersion } from '../platform/object-versions.js';
import { putObject } from '../platform/stored-object.js';
import { anchorKey, anchorsPrefix, placeOfAnchor, readAnchorKey, type Anchor, type KnownAnchor } from './anchor.js';
import type { Position } from './link.js';

export interface AnchorStore {
  /** Every version of every anchor, oldest first. */
  list(): Promise<readonly KnownAnchor[]>;
  read(anchor: KnownAnchor): Promise<Position>;
  /** @throws AwsCallError PreconditionFailed where one stands there */
  put(anchor: Anchor): Promise<void>;
}

export function s3AnchorStore(bucket: string): AnchorStore {
  return {
    async list() {
      const versions = await listObjectVersions(bucket, anchorsPrefix);
      return versions.flatMap(({ key, versionId }) => {
        const said = readAnchorKey(key);
        return said === undefined ? [] : [{ key, versionId, ...said }];
      });
    },
    read: async (anchor) => placeOfAnchor(anchor.key, await readObjectVersion(bucket, anchor)),
    async put(anchor) {
      const bytes = Buffer.from(JSON.stringify(anchor));
      await putObject(bucket, anchorKey(anchor), { bytes, contentType: 'application/json', sha256: createHash('sha256').update(bytes).digest('hex') }, 'refuse');
    },
  };
}
