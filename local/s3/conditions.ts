/** Conditional requests: If-Match, If-None-Match and their dates, for reads (RFC 9110) and for S3's conditional writes. Pure. */
import { AwsError } from '../cloud/service.js';
import type { StoredObject } from './object-record.js';

type Headers = Readonly<Record<string, string>>;

/**
 * Whether a read goes on, or is answered 304.
 * @throws AwsError PreconditionFailed
 */
export function readCondition(headers: Headers, object: Pick<StoredObject, 'etag' | 'lastModified'>): 'go on' | 'not modified' {
  // HTTP dates have whole seconds.
  const modified = Math.floor(object.lastModified / 1000) * 1000;
  const ifMatch = headers['if-match'];
  const ifUnmodifiedSince = httpDate(headers['if-unmodified-since']);
  if (ifMatch !== undefined ? !namesTag(ifMatch, object.etag) : ifUnmodifiedSince !== undefined && modified > ifUnmodifiedSince)
    throw preconditionFailed();
  const ifNoneMatch = headers['if-none-match'];
  const ifModifiedSince = httpDate(headers['if-modified-since']);
  if (ifNoneMatch !== undefined) return namesTag(ifNoneMatch, object.etag) ? 'not modified' : 'go on';
  return ifModifiedSince !== undefined && modified <= ifModifiedSince ? 'not modified' : 'go on';
}

/**
 * Lets a conditional write or delete pass, or throws; call it with the object that the write would replace.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws AwsError PreconditionFailed; NoSuchKey for If-Match without an object; NotImplemented for If-None-Match with an ETag
 */
export function checkWriteCondition(headers: Headers, current: Pick<StoredObject, 'etag'> | undefined): void {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*')
      throw new AwsError('NotImplemented', 'A write takes If-None-Match only with the value *.', 501);
    if (current !== undefined) throw preconditionFailed();
  }
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return;
  if (current === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!namesTag(ifMatch, current.etag)) throw preconditionFailed();
}

export function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

function namesTag(header: string, etag: string): boolean {
  return header.split(',').some((tag) => {
    const bare = tag.trim().replace(/^"(.*)"$/, '$1');
    return bare === '*' || bare === etag;
  });
}

function httpDate(header: string | undefined): number | undefined {
  const time = header === undefined ? NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : time;
}
