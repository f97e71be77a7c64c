/** What the headers of a write (or the fields of a form) say about the object. Pure. */
import { AwsError } from '../cloud/service.js';
import type { StackIdentity } from '../cloud/resource.js';
import { invalidArgument } from './answer.js';
import { encryptionOfWrite, type Encryption } from './encryption.js';
import type { ObjectDescription } from './object-record.js';
import { fields, malformedXml, parseXml } from './xml.js';

type Headers = Readonly<Record<string, string>>;

const describing = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const metadataPrefix = 'x-amz-meta-';

/** @throws AwsError InvalidArgument, InvalidStorageClass, AccessControlListNotSupported, MetadataTooLarge, InvalidTag, KeyTooLongError */
export function describedObject(headers: Headers, bucketDefault: Encryption, identity: StackIdentity): ObjectDescription {
  const acl = headers['x-amz-acl'];
  if (acl !== undefined && acl !== 'bucket-owner-full-control')
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
  const storageClass = headers['x-amz-storage-class'];
  if (storageClass !== undefined && storageClass !== 'STANDARD')
    throw new AwsError('InvalidStorageClass', `The local S3 stores nothing in the class ${storageClass}, only in STANDARD.`, 400);
  return {
    headers: contentHeaders(headers),
    metadata: userMetadata(headers),
    tags: tagsOfHeader(headers['x-amz-tagging']),
    encryption: encryptionOfWrite(headers, bucketDefault, identity),
  };
}

/** @throws AwsError KeyTooLongError */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long', 400);
}

function contentHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of describing) {
    // aws-chunked is how the body travelled, not what it is.
    const value = name === 'content-encoding' ? withoutChunked(headers[name]) : headers[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return { 'content-type': 'binary/octet-stream', ...kept };
}

function withoutChunked(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked')
    .join(',');
}

function userMetadata(headers: Headers): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(metadataPrefix)) continue;
    const bare = name.slice(metadataPrefix.length);
    metadata[bare] = value;
    size += Buffer.byteLength(bare) + Buffer.byteLength(value);
  }
  if (size > 2048)
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400);
  return metadata;
}

/** @throws AwsError InvalidArgument, InvalidTag, BadRequest */
export function tagsOfHeader(header: string | undefined): Record<string, string> {
  if (header === undefined) return {};
  const pairs = [...new URLSearchParams(header)];
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length)
    throw invalidArgument('The header x-amz-tagging shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.');
  return checkedTags(pairs);
}

/** @throws AwsError MalformedXML, InvalidTag, BadRequest */
export function tagsOfXml(source: string): Record<string, string> {
  const root = parseXml(source);
  if (root.name !== 'Tagging') throw malformedXml();
  const { TagSet } = fields(root, 'TagSet');
  if (TagSet === undefined) throw malformedXml();
  const pairs = TagSet.children.map((tag): readonly [string, string] => {
    const { Key, Value } = fields(tag, 'Key', 'Value');
    if (tag.name !== 'Tag' || Key === undefined || Value === undefined) throw malformedXml();
    return [Key.text, Value.text];
  });
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length)
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key', 400);
  return checkedTags(pairs);
}

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function checkedTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > 10) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10', 400);
  for (const [name, value] of pairs) {
    if (name.length < 1 || name.length > 128 || !tagCharacters.test(name))
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid', 400);
    if (value.length > 256 || !tagCharacters.test(value))
      throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid', 400);
  }
  return Object.fromEntries(pairs);
}
