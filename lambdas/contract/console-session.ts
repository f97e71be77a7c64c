/** The words of the console's sessions that both sides must know: the cookie, and the header that shows where a request began. */

/** `__Host-`: browsers take it only with Secure, Path=/ and no Domain, so that no other host can set it. */
export const sessionCookieName = '__Host-faxbot-session';

/**
 * What the console's own pages send with every request that changes something. No form can send it, and the gateway's CORS
 * allows it to nobody (docs/adr/0016-console-sessions.md).
 */
export const consoleHeader = { name: 'X-Requested-By', value: 'faxbot-console' } as const;
