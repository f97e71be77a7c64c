/** A bucket as the running S3 knows it, and the buckets of the stack by name. */
import type { ClassicLevel } from 'classic-level';
import { AwsError } from '../cloud/service.js';
import type { CorsRule } from './cors.js';
import type { Encryption } from './encryption.js';
import type { LifecycleRule } from './lifecycle.js';
import type { ObjectLock, Versioning } from './object-record.js';

export interface BucketConfiguration {
  readonly encryption: Encryption;
  readonly corsRules: readonly CorsRule[];
  readonly lifecycleRules: readonly LifecycleRule[];
  readonly versioning: Versioning;
  /** Undefined where the bucket has none. */
  readonly objectLock?: ObjectLock;
}

export interface Bucket extends BucketConfiguration {
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export class Buckets {
  private readonly byName = new Map<string, Bucket>();
  private readonly created;

  constructor(database: ClassicLevel) {
    this.created = database.sublevel<string, number>('buckets', { valueEncoding: 'json' });
  }

  /** Puts a bucket of the template into service; its age comes from the state folder where it stood before. */
  async add(name: string, configuration: BucketConfiguration, now: number): Promise<Bucket> {
    if (this.byName.has(name))
      throw new AwsError('BucketAlreadyOwnedByYou', `Two resources of the template have the bucket name ${name}.`, 409);
    const before = await this.created.get(name);
    const createdAt = before ?? now;
    if (before === undefined) await this.created.put(name, createdAt);
    const bucket: Bucket = { ...configuration, name, arn: `arn:aws:s3:::${name}`, createdAt };
    this.byName.set(name, bucket);
    return bucket;
  }

  /** By name, in the order of the names. */
  all(): readonly Bucket[] {
    return [...this.byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  find(name: string): Bucket | undefined {
    return this.byName.get(name);
  }

  /** @throws AwsError NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.byName.get(name);
    if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return bucket;
  }
}
