/** The query as API Gateway hands it on: decoded, `+` is a space, the last value of a name counts as its single one. */
import type { ParsedQuery } from './exchange.js';

/** null for an absent or empty query. */
export function parseQuery(query: string | undefined): ParsedQuery | null {
  if (query === undefined || query === '') return null;
  const single = new Map<string, string>();
  const multiple = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    single.set(name, value);
    const values = multiple.get(name);
    if (values === undefined) multiple.set(name, [value]);
    else values.push(value);
  }
  return single.size === 0 ? null : { single: Object.fromEntries(single), multiple: Object.fromEntries(multiple) };
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
