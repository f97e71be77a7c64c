/** Lists of the control plane, a page at a time. AWS: 25 entries unless asked for up to 500. */
import { badRequest } from './rest-json.js';

export const pageQuery = ['limit', 'position'] as const;

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** Where the next page begins, as the answer has it; nothing on the last one. */
  readonly next: { readonly position?: string };
}

/** A page of what the template declares: `position` is the number of the first entry. */
export function page<Entry>(all: readonly Entry[], query: URLSearchParams, view: (entry: Entry) => object): object {
  const from = Number(positionOf(query) ?? 0);
  if (!Number.isInteger(from) || from < 0) throw badRequest('Invalid position specified');
  const to = from + limitOf(query);
  return { item: all.slice(from, to).map(view), ...(to < all.length ? position(String(to)) : {}) };
}

/**
 * A page of what clients create and delete, in the order of ids: `position` is the last id of the page before, so that no
 * entry is left out or given twice because another one came or went between the pages.
 */
export function pageById<Entry>(all: readonly Entry[], query: URLSearchParams, idOf: (entry: Entry) => string): Page<Entry> {
  const after = positionOf(query) ?? '';
  const rest = all.filter((entry) => idOf(entry) > after).sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const entries = rest.slice(0, limitOf(query));
  const last = entries.at(-1);
  return { entries, next: last !== undefined && entries.length < rest.length ? position(idOf(last)) : {} };
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw badRequest('limit must be between 1 and 500');
  return limit;
}

function positionOf(query: URLSearchParams): string | undefined {
  const given = query.get('position');
  return given === null ? undefined : Buffer.from(given, 'base64').toString();
}

function position(text: string): Page<never>['next'] {
  return { position: Buffer.from(text).toString('base64') };
}
