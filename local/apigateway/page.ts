/** Lists of the control plane, a page at a time. */
import { badRequest } from './rest-json.js';

export const pageQuery = ['limit', 'position'] as const;

/** AWS: 25 entries unless asked for up to 500. `position` is the number of the first entry, in base64. */
export function page(entries: readonly object[], query: URLSearchParams): object {
  const limit = Number(query.get('limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw badRequest('limit must be between 1 and 500');
  const position = query.get('position');
  const from = position === null ? 0 : Number(Buffer.from(position, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw badRequest('Invalid position specified');
  const next = from + limit;
  return {
    item: entries.slice(from, next),
    ...(next < entries.length ? { position: Buffer.from(String(next)).toString('base64') } : {}),
  };
}
