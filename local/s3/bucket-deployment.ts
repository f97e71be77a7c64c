/**
 * Custom::CDKBucketDeployment, built in: puts the files of assets into a bucket, as the CDK's provider does with
 * `aws s3 sync`. It runs at each start; an object that is already so stays untouched.
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { lookup } from 'mime-types';
import * as z from 'zod';
import { resourceType, type ResourceType } from '../cloud/resource.js';
import type { S3State } from './answer.js';
import type { Bucket } from './bucket.js';
import { fileFilter, filesOf, type DeployedFile, type Markers } from './deployed-files.js';
import { describedObject } from './object-description.js';
import { currentObject, withoutCurrent, type StoredObject } from './object-record.js';
import { newVersionId, storeStaged } from './put-object.js';

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const texts = z.record(z.string(), z.string());
const metadataNames = ['cache-control', 'content-type', 'content-disposition', 'content-encoding', 'content-language'] as const;
const systemMetadata = z.partialRecord(z.enum(metadataNames), z.string());

const deploymentProperties = z
  .strictObject({
    SourceBucketNames: z.array(z.string()).min(1),
    SourceObjectKeys: z.array(z.string()).min(1),
    SourceMarkers: z.array(texts).default([]),
    // Whether a marker's value is escaped as a part of a JSON string.
    SourceMarkersConfig: z.array(z.strictObject({ jsonEscape: flag.default(false) })).default([]),
    DestinationBucketName: z.string(),
    DestinationBucketKeyPrefix: z.string().default(''),
    Prune: flag.default(true),
    Exclude: z.array(z.string()).default([]),
    Include: z.array(z.string()).default([]),
    SystemMetadata: systemMetadata.default({}),
    UserMetadata: texts.default({}),
    OutputObjectKeys: flag.default(true),
  })
  .refine(({ SourceBucketNames, SourceObjectKeys }) => SourceBucketNames.length === SourceObjectKeys.length, 'each source has a bucket and a key')
  .refine(({ SourceMarkers, SourceObjectKeys }) => SourceMarkers.length <= SourceObjectKeys.length, 'there are more markers than sources');
type DeploymentProperties = z.output<typeof deploymentProperties>;

/** @param assets S3 object key of an asset → its folder on this disk */
export function bucketDeploymentResourceType(state: S3State, assets: ReadonlyMap<string, string>): ResourceType {
  return resourceType<DeploymentProperties>({
    type: 'Custom::CDKBucketDeployment',
    properties: deploymentProperties,
    inert: {
      ServiceToken: 'The provider is built in.',
      DistributionId: 'Nothing is invalidated where nothing is cached.',
      DistributionPaths: 'Nothing is invalidated where nothing is cached.',
      WaitForDistributionInvalidation: 'Nothing is invalidated where nothing is cached.',
      RetainOnDelete: 'No resource is deleted here; data stays until --reset.',
      DestinationBucketArn: 'It is given back as an attribute, which the bucket has too.',
    },
    create: async ({ properties, generatedName }) => {
      await deployFiles(state, assets, properties);
      return { ref: generatedName, attributes: {} };
    },
  });
}

async function deployFiles(state: S3State, assets: ReadonlyMap<string, string>, properties: DeploymentProperties): Promise<void> {
  const bucket = state.buckets.get(properties.DestinationBucketName);
  const isChosen = fileFilter(properties.Exclude, properties.Include);
  const files = new Map<string, DeployedFile>();
  for (const [index, key] of properties.SourceObjectKeys.entries())
    for (const file of filesOf(folderOf(assets, key), markersOf(properties, index))) if (isChosen(file.name)) files.set(file.name, file);
  const prefix = properties.DestinationBucketKeyPrefix.replace(/\/$/, '');
  const inBucket = prefix === '' ? '' : `${prefix}/`;
  for (const file of files.values()) await put(state, bucket, `${inBucket}${file.name}`, file, properties);
  if (!properties.Prune) return;
  for await (const [key, versions] of state.objects.entries(bucket.name, { prefix: inBucket })) {
    const name = key.slice(inBucket.length);
    if (currentObject(versions) !== undefined && isChosen(name) && !files.has(name)) await remove(state, bucket, key);
  }
}

function markersOf({ SourceMarkers, SourceMarkersConfig }: DeploymentProperties, index: number): Markers {
  const markers = Object.entries(SourceMarkers[index] ?? {});
  const escapes = SourceMarkersConfig[index]?.jsonEscape === true;
  return Object.fromEntries(markers.map(([marker, value]) => [marker, escapes ? JSON.stringify(value).slice(1, -1) : value]));
}

function folderOf(assets: ReadonlyMap<string, string>, key: string): string {
  const folder = assets.get(key);
  if (folder === undefined || !existsSync(folder)) throw new Error(`the cloud assembly has no asset ${key}`);
  if (!statSync(folder).isDirectory()) throw new Error(`the asset ${key} is a file; the local cloud deploys folders, which AWS gets as zip files`);
  return folder;
}

async function put(state: S3State, bucket: Bucket, key: string, { name, content }: DeployedFile, properties: DeploymentProperties): Promise<void> {
  const type = lookup(name);
  const metadata = Object.entries(properties.UserMetadata).map(([member, value]) => [`x-amz-meta-${member.toLowerCase()}`, value] as const);
  const headers: Readonly<Record<string, string>> = { ...(type === false ? {} : { 'content-type': type }), ...properties.SystemMetadata, ...Object.fromEntries(metadata) };
  const description = describedObject(headers, bucket.encryption, state.dependencies.identity);
  const there = await state.objects.current(bucket.name, key);
  if (there !== undefined && isSame(there, description, content)) return;
  const body = await state.objects.bodies.stage([content]);
  await storeStaged(state, { bucket, key, description, body, conditions: {} }, () => undefined);
}

/** An ETag under a KMS key says nothing about the content. */
function isSame(stored: StoredObject, { headers, metadata }: Pick<StoredObject, 'headers' | 'metadata'>, content: Buffer): boolean {
  const sorted = (record: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(record).sort());
  return (
    stored.etag === createHash('md5').update(content).digest('hex') &&
    sorted(stored.headers) === sorted(headers) &&
    sorted(stored.metadata) === sorted(metadata)
  );
}

async function remove(state: S3State, bucket: Bucket, key: string): Promise<void> {
  await state.objects.change(bucket.name, key, (versions) =>
    withoutCurrent(versions, bucket.versioning, { kind: 'delete-marker', versionId: newVersionId(), lastModified: state.now() }),
  );
}
