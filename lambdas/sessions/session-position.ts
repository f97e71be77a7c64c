/** A place in the list of sessions, as a page's cursor: `<absolute end, epoch ms>.<session id>`. Pure. */
import { isSessionId, type SessionId } from '../contract/identifiers.js';

export interface SessionPosition {
  readonly endsAt: number;
  readonly id: SessionId;
}

export function writePosition({ endsAt, id }: SessionPosition): string {
  return `${endsAt}.${id}`;
}

/** Undefined for text that writePosition does not write. */
export function parsePosition(text: string): SessionPosition | undefined {
  const [, time = '', id = ''] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(text) ?? [];
  return time !== '' && isSessionId(id) ? { endsAt: Number(time), id } : undefined;
}
