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

/** As many secrets as a key has at most, and so as many hashes as every look at a token costs. */
const hashesOfOneLook = 2;

/**
 * The hash that the token is behind, if any. It hashes and compares twice whatever it is given: a key with one secret, with
 * two, and an unknown one cost the same.
 */
export function matchesAny<Candidate extends SecretHash>(token: string, hashes: readonly Candidate[], peppers: Peppers): Candidate | undefined {
  const impossible: SecretHash = { pepperVersion: peppers.current, hash: '0'.repeat(64) };
  let match: Candidate | undefined;
  for (let index = 0; index < Math.max(hashesOfOneLook, hashes.length); index += 1) {
    const candidate = hashes[index];
    const { pepperVersion, hash } = candidate ?? impossible;
    const pepper = peppers.byVersion.get(pepperVersion) ?? '';
    const equal = timingSafeEqual(Buffer.from(hmac(token, pepper), 'hex'), Buffer.from(hash, 'hex'));
    if (equal && pepper !== '') match = candidate;
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
