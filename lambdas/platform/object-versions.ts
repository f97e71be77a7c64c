/** Reads the versions of S3 objects: all that ever stood under a prefix, those included that a delete marker hides. */
import { objectAddress } from './object-address.js';
import { callS3, element } from './stored-object.js';

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
}

/** Every version below a prefix, in the order of their keys. Keys that XML has to escape come escaped. */
export async function listObjectVersions(bucket: string, prefix: string): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  let marker: Readonly<Record<string, string>> | undefined = {};
  while (marker !== undefined) {
    const address = objectAddress(bucket, '');
    address.search = query({ versions: '', prefix, ...marker });
    const page: string = await callS3({ method: 'GET', address, headers: {} });
    for (const [, version = ''] of page.matchAll(/<Version>(.*?)<\/Version>/gs)) {
      const [key, versionId] = [element(version, 'Key'), element(version, 'VersionId')];
      if (key !== undefined && versionId !== undefined) versions.push({ key, versionId });
    }
    const [nextKey, nextVersion] = [element(page, 'NextKeyMarker'), element(page, 'NextVersionIdMarker')];
    marker = nextKey === undefined ? undefined : { 'key-marker': nextKey, ...(nextVersion === undefined ? {} : { 'version-id-marker': nextVersion }) };
  }
  return versions;
}

/** The text of one version of an object. @throws AwsCallError where S3 refuses, or has no such version */
export async function readObjectVersion(bucket: string, { key, versionId }: ObjectVersion): Promise<string> {
  const address = objectAddress(bucket, key);
  address.search = query({ versionId });
  return callS3({ method: 'GET', address, headers: {} });
}

/** As Signature Version 4 wants it: a blank is %20. */
function query(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString().replaceAll('+', '%20');
}
