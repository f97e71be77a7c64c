/** The Range header of a GET. Pure. */
import { AwsError } from '../cloud/service.js';

export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/**
 * The one range that a header asks for, or undefined where the whole object is due:
 * S3 ignores a header that it can't read, and answers one with several ranges with the whole object.
 * @throws AwsError InvalidRange
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, from, to] = match ?? [];
  if (match === null || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  if (first >= size || first > last)
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { first, last };
}
