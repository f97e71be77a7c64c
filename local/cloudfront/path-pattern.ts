/** Which behaviour a path gets. Pure. */
import { wildcard } from '../iam/pattern.js';

/** A matcher for a path pattern: `*` and `?`, the same case, with or without its leading slash. */
export function pathPattern(pattern: string): (path: string) => boolean {
  return wildcard(pattern.startsWith('/') ? pattern : `/${pattern}`);
}

/** The path by which the behaviour is chosen, without dot segments (RFC 3986). The origin gets the path as it was sent. */
export function normalizedPath(path: string): string {
  try {
    return new URL(`http://localhost${path}`).pathname;
  } catch {
    return path;
  }
}
