/**
 * How the secret of a key is kept: HMAC-SHA256 with a versioned pepper. A random secret of 256 bits needs no slow hash
 * (ASVS 5.0, 6.5.2), and the pepper, which is not in the table, makes a stolen table useless.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The peppers by version, and the version that new hashes use. */
export interface Peppers {
  readonly current: string;
  readonly byVersion: ReadonlyMap<string, string>;
}

export interface SecretHash {
  readonly pepperVersion: string;
  /** Hex. */
  readonly hash: string;
}

/**
 * Reads the secret's value: `{"current":"1","1":"<random>"}`. Another version is added by hand, then made current.
 * @throws Error when the value has no current pepper
 */
export function parsePeppers(secretString: string): Peppers {
  const value: unknown = JSON.parse(secretString);
  const members = new Map<string, string>();
  for (const [name, member] of Object.entries(value ?? {})) {
    if (typeof member === 'string') members.set(name, member);
  }
  const current = members.get('current');
  members.delete('current');
  if (current === undefined || !members.has(current)) throw new Error('The pepper secret names no current version that it holds');
  return { current, byVersion: members };
}

/** Hashes a whole token with the current pepper. */
export function hashToken(token: string, peppers: Peppers): SecretHash {
  return { pepperVersion: peppers.current, hash: hmac(token, peppers.byVersion.get(peppers.current) ?? '') };
}

/**
 * True when the token is the one behind any of the hashes. Without hashes it does the same work against one that can't
 * match, so that an unknown key costs what a known one costs.
 */
export function matchesAny(token: string, hashes: readonly SecretHash[], peppers: Peppers): SecretHash | undefined {
  const impossible: SecretHash = { pepperVersion: peppers.current, hash: '0'.repeat(64) };
  let match: SecretHash | undefined;
  for (const candidate of hashes.length === 0 ? [impossible] : hashes) {
    const pepper = peppers.byVersion.get(candidate.pepperVersion) ?? '';
    const equal = timingSafeEqual(Buffer.from(hmac(token, pepper), 'hex'), Buffer.from(candidate.hash, 'hex'));
    if (equal && pepper !== '' && candidate !== impossible) match = candidate;
  }
  return match;
}

/** Compares two secrets of any length in constant time. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hmac(one, 'compare'), 'hex'), Buffer.from(hmac(other, 'compare'), 'hex'));
}

function hmac(text: string, pepper: string): string {
  return createHmac('sha256', pepper).update(text).digest('hex');
}
