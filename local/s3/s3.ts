/** The local S3: buckets of the template, objects in files and LevelDB, lifecycle rules on a timer. */
import { ClassicLevel } from 'classic-level';
import { join } from 'node:path';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import type { S3State } from './answer.js';
import { BodyFiles } from './body-files.js';
import { bucketDeploymentResourceType } from './bucket-deployment.js';
import { BucketPolicies, bucketPolicyResourceType } from './bucket-policy.js';
import { bucketResourceType } from './bucket-resource.js';
import { Buckets } from './bucket.js';
import { distributionOrigin, type DistributionOrigin } from './distribution-origin.js';
import { ObjectStore } from './object-store.js';
import type { CredentialFinder } from './post-signature.js';
import { s3Service } from './s3-service.js';
import { sweepLifecycle, type Swept } from './sweep.js';
import { UploadStore } from './upload-store.js';

export interface S3Dependencies extends ModuleDependencies {
  /** The credentials that presigned POSTs are verified by; without them a form upload is refused. */
  readonly credentials?: CredentialFinder;
  /** Milliseconds since the epoch; the machine's clock by default. */
  readonly now?: () => number;
  /** S3 object key → folder of the asset; bucket deployments take their files from there. */
  readonly assets?: ReadonlyMap<string, string>;
}

export interface S3Module extends CloudModule {
  /** How CloudFront reads buckets. */
  readonly origin: DistributionOrigin;
  /** Removes what the lifecycle rules say is due at `now` (milliseconds since the epoch). Runs by itself every hour. */
  sweepLifecycle(now: number): Promise<Swept>;
}

const hour = 3_600_000;

/** S3 for the local cloud, over its state folder. */
export function createS3(dependencies: S3Dependencies): S3Module {
  const now = dependencies.now ?? Date.now;
  const bodies = new BodyFiles(dependencies.stateDirectory);
  // It opens by itself with the first operation.
  const database = new ClassicLevel<string, string>(join(dependencies.stateDirectory, 'metadata'));
  const state: S3State = {
    dependencies,
    now,
    buckets: new Buckets(database),
    objects: new ObjectStore(database, bodies),
    uploads: new UploadStore(database, bodies),
  };
  const policies = new BucketPolicies(dependencies.identity);
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = (): void => {
    sweeping = sweepLifecycle(state, now()).catch((error: unknown) => {
      console.warn(`S3 lifecycle: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  return {
    services: [s3Service(state, dependencies.credentials)],
    resourceTypes: [
      bucketResourceType(state.buckets, dependencies.identity, now),
      bucketPolicyResourceType(policies),
      bucketDeploymentResourceType(state, dependencies.assets ?? new Map()),
    ],
    origin: distributionOrigin(state, policies),
    sweepLifecycle: (at) => sweepLifecycle(state, at),
    start: async () => {
      sweep();
      timer = setInterval(sweep, hour).unref();
    },
    close: async () => {
      clearInterval(timer);
      await sweeping;
      await database.close();
    },
  };
}
