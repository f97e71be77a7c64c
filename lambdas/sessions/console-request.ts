/** Whether a request that carries the session's cookie was sent by the console's own pages (docs/adr/0016-console-sessions.md). Pure. */
import { consoleHeader } from '../contract/console-session.js';

/** Methods that change nothing: what another site makes a browser ask for, it can not read. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True for a method that changes nothing, and for a request with the console's header that, as far as its browser says where
 * it comes from (`Sec-Fetch-Site`, which no page can write), comes from the same origin.
 * @param headers names in lower case
 */
export function isConsoleRequest(method: string, headers: ReadonlyMap<string, string>): boolean {
  if (safeMethods.has(method)) return true;
  const site = headers.get('sec-fetch-site') ?? '';
  return headers.get(consoleHeader.name.toLowerCase()) === consoleHeader.value && (site === '' || site === 'same-origin');
}
