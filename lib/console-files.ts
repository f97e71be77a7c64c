/** The console's files: the bucket that holds them, and what puts them there with each deployment. */
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source, type BucketDeploymentProps, type ISource } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { buildConsole, consoleFingerprint } from './build-console.js';
import type { Config } from './config.js';
import { removalPolicyOf } from './storage.js';

const root = join(__dirname, '..');
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** Files whose names hold a hash of their content. */
const hashed = 'assets/*';

/** No website: the CDK's own class leaves that open, and its interface does not take it then. */
class FileBucket extends Bucket {
  override get isWebsite(): boolean {
    return false;
  }
}

export class ConsoleFiles extends Construct {
  readonly bucket: FileBucket;

  constructor(scope: Construct, id: string, { config }: { readonly config: Config }) {
    super(scope, id);
    // Not versioned: every file can be built again. With a key of KMS, only the key's policy could let CloudFront read.
    this.bucket = new FileBucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removalPolicyOf(config),
    });
    this.deploy(config);
  }

  private deploy(config: Config): void {
    const shared = {
      destinationBucket: this.bucket,
      // A page that stands open still asks for the files of its own version.
      prune: false,
      retainOnDelete: config.removalPolicy === 'retain',
      memoryLimit: 512,
      outputObjectKeys: false,
      logGroup: new LogGroup(this, 'DeploymentLog', { retention: config.logRetentionDays, removalPolicy: removalPolicyOf(config) }),
    } satisfies Partial<BucketDeploymentProps>;
    const built = builtConsole();
    const assets = new BucketDeployment(this, 'Assets', {
      ...shared,
      sources: [built],
      exclude: ['*'],
      include: [hashed],
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const page = new BucketDeployment(this, 'Page', { ...shared, sources: [built], exclude: [hashed], cacheControl: [CacheControl.noCache()] });
    // The page names the assets: it comes when they are there.
    page.node.addDependency(assets);
    new BucketDeployment(this, 'RuntimeConfig', {
      ...shared,
      sources: [Source.jsonData('runtime-config.json', { apiBase: '/api', stage: config.stage, version, defaultCountry: config.defaultCountry })],
      cacheControl: [CacheControl.noStore()],
    });
  }
}

/** Built only where the app is really synthesized, and only when its sources changed. */
function builtConsole(): ISource {
  return Source.asset(root, {
    assetHash: consoleFingerprint(),
    assetHashType: AssetHashType.CUSTOM,
    bundling: {
      image: DockerImage.fromRegistry('never used: Vite runs here'),
      local: {
        tryBundle(directory) {
          buildConsole(directory);
          return true;
        },
      },
    },
  });
}
