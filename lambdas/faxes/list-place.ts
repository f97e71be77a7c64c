/** A place in an owner's list of faxes, newest first: the fax that was given last. Its text is the cursor of an answer. */
import { isJobId, type JobId } from '../contract/identifiers.js';

export interface ListPlace {
  readonly createdAt: number;
  readonly id: JobId;
}

export function cursorText({ createdAt, id }: ListPlace): string {
  return Buffer.from(`${createdAt}.${id}`).toString('base64url');
}

/** Undefined for a text that cursorText did not write. */
export function parseCursor(text: string): ListPlace | undefined {
  const [, time = '', id = ''] = /^(\d{1,15})\.(.*)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return time !== '' && isJobId(id) ? { createdAt: Number(time), id } : undefined;
}

/** The place of a fax, out of its attributes. Undefined where they are not those of one. */
export function placeOf({ createdAt, id }: { readonly [name: string]: unknown }): ListPlace | undefined {
  return typeof createdAt === 'number' && typeof id === 'string' && isJobId(id) ? { createdAt, id } : undefined;
}
