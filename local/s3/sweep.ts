/** Acts on the lifecycle rules: removes what is due at a given time. */
import type { S3State } from './answer.js';
import { afterLifecycle, uploadIsDue } from './lifecycle.js';
import { newVersionId } from './put-object.js';

export interface Swept {
  /** Keys that lost their current object or versions of it. */
  readonly objects: number;
  readonly uploads: number;
}

/** @param now milliseconds since the epoch */
export async function sweepLifecycle(state: S3State, now: number): Promise<Swept> {
  let objects = 0;
  let uploads = 0;
  for (const bucket of state.buckets.all()) {
    if (bucket.lifecycleRules.length === 0) continue;
    for await (const [key] of state.objects.entries(bucket.name)) {
      await state.objects.change(bucket.name, key, (versions) => {
        const marker = { kind: 'delete-marker', versionId: newVersionId(), lastModified: now } as const;
        const left = afterLifecycle(bucket.lifecycleRules, bucket.versioning, key, versions, now, marker);
        if (left !== versions) objects += 1;
        return left;
      });
    }
    for (const upload of await state.uploads.all()) {
      if (upload.bucket !== bucket.name || !uploadIsDue(bucket.lifecycleRules, upload.key, upload.initiated, now)) continue;
      await state.uploads.remove(upload.uploadId);
      uploads += 1;
    }
  }
  return { objects, uploads };
}
