/** ListObjectsV2 and ListObjectVersions. */
import { invalidArgument, xmlAnswer, type Answer, type BucketRequest, type S3State } from './answer.js';
import { currentObject, type ObjectVersion, type StoredObject } from './object-record.js';
import { pastPrefix } from './object-store.js';
import { element, s3Document, textElement } from './xml.js';

/** What a page of a listing holds: keys, and the common prefixes that a delimiter folds keys into. */
interface Page {
  readonly objects: (readonly [key: string, object: StoredObject])[];
  readonly commonPrefixes: string[];
  /** The last key or prefix of the page, where there is more behind it. */
  continueAfter?: string;
}

export async function listObjectsV2(state: S3State, request: BucketRequest): Promise<Answer> {
  const { bucket, query } = request;
  state.dependencies.authorize(request.principal, 's3:ListBucket', bucket.arn);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after');
  const token = query.get('continuation-token');
  const maxKeys = pageSize(query);
  const encode = encoding(query);
  const page = await listPage(state, bucket.name, prefix, delimiter, maxKeys, token === null ? startAfter : afterToken(token));

  return xmlAnswer(
    s3Document(
      'ListBucketResult',
      textElement('Name', bucket.name),
      textElement('Prefix', encode(prefix)),
      ...(delimiter === '' ? [] : [textElement('Delimiter', encode(delimiter))]),
      ...(startAfter === null ? [] : [textElement('StartAfter', encode(startAfter))]),
      ...(token === null ? [] : [textElement('ContinuationToken', token)]),
      ...(page.continueAfter === undefined
        ? []
        : [textElement('NextContinuationToken', Buffer.from(page.continueAfter).toString('base64url'))]),
      ...(query.has('encoding-type') ? [textElement('EncodingType', 'url')] : []),
      textElement('KeyCount', page.objects.length + page.commonPrefixes.length),
      textElement('MaxKeys', maxKeys),
      textElement('IsTruncated', page.continueAfter !== undefined),
      ...page.objects.map(([key, object]) =>
        element('Contents', textElement('Key', encode(key)), ...contents(object), ...owner(state, query.get('fetch-owner') === 'true')),
      ),
      ...page.commonPrefixes.map((common) => element('CommonPrefixes', textElement('Prefix', encode(common)))),
    ),
  );
}

async function listPage(
  state: S3State,
  bucketName: string,
  prefix: string,
  delimiter: string,
  maxKeys: number,
  after: string | null,
): Promise<Page> {
  const page: Page = { objects: [], commonPrefixes: [] };
  if (maxKeys === 0) return page;
  let position = after ?? undefined;
  let last: string | undefined;
  // Where the page goes on behind a common prefix, everything under that prefix has been told already.
  const folded = position === undefined ? undefined : commonPrefix(position, prefix, delimiter);
  if (folded !== undefined && folded === position) position = pastPrefix(folded);
  for (;;) {
    let skipTo: string | undefined;
    for await (const [key, versions] of state.objects.entries(bucketName, { prefix, ...(position === undefined ? {} : { after: position }) })) {
      const object = currentObject(versions);
      if (object === undefined) continue;
      if (page.objects.length + page.commonPrefixes.length === maxKeys) {
        if (last !== undefined) page.continueAfter = last;
        return page;
      }
      const common = commonPrefix(key, prefix, delimiter);
      if (common === undefined) {
        page.objects.push([key, object]);
        last = key;
        continue;
      }
      page.commonPrefixes.push(common);
      last = common;
      // A prefix may hold many keys: begin again behind it instead of reading them.
      skipTo = pastPrefix(common);
      break;
    }
    if (skipTo === undefined) return page;
    position = skipTo;
  }
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

export async function listObjectVersions(state: S3State, request: BucketRequest): Promise<Answer> {
  const { bucket, query } = request;
  state.dependencies.authorize(request.principal, 's3:ListBucketVersions', bucket.arn);
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker') ?? '';
  const maxKeys = pageSize(query);
  const encode = encoding(query);
  const told: string[] = [];
  let last: readonly [key: string, versionId: string] | undefined;
  let truncated = false;
  // With a version marker the marker's own key has versions left to tell, so the reading begins with the prefix.
  const after = keyMarker !== '' && versionMarker === '' ? { after: keyMarker } : {};
  listing: for await (const [key, versions] of state.objects.entries(bucket.name, { prefix, ...after })) {
    if (versionMarker !== '' && Buffer.compare(Buffer.from(key), Buffer.from(keyMarker)) < 0) continue;
    const alreadyTold = key === keyMarker ? versions.findIndex((version) => version.versionId === versionMarker) + 1 : 0;
    for (const [index, version] of versions.entries()) {
      if (index < alreadyTold) continue;
      if (told.length === maxKeys) {
        truncated = true;
        break listing;
      }
      told.push(versionEntry(state, encode(key), version, index === 0));
      last = [key, version.versionId];
    }
  }
  return xmlAnswer(
    s3Document(
      'ListVersionsResult',
      textElement('Name', bucket.name),
      textElement('Prefix', encode(prefix)),
      textElement('KeyMarker', encode(keyMarker)),
      textElement('VersionIdMarker', versionMarker),
      ...(truncated && last !== undefined
        ? [textElement('NextKeyMarker', encode(last[0])), textElement('NextVersionIdMarker', last[1])]
        : []),
      ...(query.has('encoding-type') ? [textElement('EncodingType', 'url')] : []),
      textElement('MaxKeys', maxKeys),
      textElement('IsTruncated', truncated),
      ...told,
    ),
  );
}

function versionEntry(state: S3State, key: string, version: ObjectVersion, isLatest: boolean): string {
  const head = [textElement('Key', key), textElement('VersionId', version.versionId), textElement('IsLatest', isLatest)];
  return version.kind === 'object'
    ? element('Version', ...head, ...contents(version), ...owner(state, true))
    : element('DeleteMarker', ...head, textElement('LastModified', new Date(version.lastModified).toISOString()), ...owner(state, true));
}

function contents(object: StoredObject): readonly string[] {
  return [
    textElement('LastModified', new Date(object.lastModified).toISOString()),
    textElement('ETag', `"${object.etag}"`),
    ...(object.checksum === undefined
      ? []
      : [textElement('ChecksumAlgorithm', object.checksum.algorithm), textElement('ChecksumType', object.checksum.type)]),
    textElement('Size', object.size),
    textElement('StorageClass', 'STANDARD'),
  ];
}

function owner(state: S3State, wanted: boolean): readonly string[] {
  return wanted ? [element('Owner', textElement('ID', state.dependencies.identity.accountId))] : [];
}

function pageSize(query: URLSearchParams): number {
  const asked = query.get('max-keys') ?? '1000';
  if (!/^\d{1,10}$/.test(asked)) throw invalidArgument('Provided max-keys not an integer or within integer range');
  return Math.min(Number(asked), 1000);
}

/** With encoding-type=url, names go percent-encoded: XML 1.0 has no way to write some of their characters. */
function encoding(query: URLSearchParams): (name: string) => string {
  const type = query.get('encoding-type');
  if (type === null) return (name) => name;
  if (type !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request');
  return (name) => encodeURIComponent(name).replaceAll('%2F', '/');
}

function afterToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString('utf8');
  if (token === '' || Buffer.from(after).toString('base64url') !== token)
    throw invalidArgument('The continuation token provided is incorrect');
  return after;
}
