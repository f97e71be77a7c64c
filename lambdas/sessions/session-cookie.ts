/** The cookie that carries a session: no script reads it, no other site's request carries it, no other host can set it. */
import { sessionCookieName } from '../contract/console-session.js';

const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** The `Set-Cookie` of a new session. */
export function sessionCookie(token: string, seconds: number): string {
  return `${sessionCookieName}=${token}; Max-Age=${seconds}; ${attributes}`;
}

/** The `Set-Cookie` that takes it away. */
export const clearedCookie = `${sessionCookieName}=; Max-Age=0; ${attributes}`;

/** The session's token in a `Cookie` header; undefined where it has none. */
export function tokenInCookies(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const [name = '', ...value] = pair.split('=');
    const token = value.join('=').trim();
    if (name.trim() === sessionCookieName && token !== '') return token;
  }
  return undefined;
}
