/** A place in the list of keys, as a page's cursor: `<creation, epoch ms in base 36>.<key id>`. Pure. */
import { isKeyId, type KeyId } from '../contract/identifiers.js';

export interface KeyPosition {
  readonly createdAt: number;
  readonly id: KeyId;
}

export function writePosition({ createdAt, id }: KeyPosition): string {
  return `${createdAt.toString(36)}.${id}`;
}

/** Undefined for text that writePosition does not write. */
export function parsePosition(text: string): KeyPosition | undefined {
  const [, time = '', id = ''] = /^([0-9a-z]{1,11})\.([0-9a-f]{12})$/.exec(text) ?? [];
  return time !== '' && isKeyId(id) ? { createdAt: Number.parseInt(time, 36), id } : undefined;
}
