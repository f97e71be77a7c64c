/**
 * The token of an API key: `fbk_live_<12 hex>_<secret>`. The secret is 43 random base62 characters (256 bits) and the six
 * base62 characters of a CRC32 over all before them, so that a typo or garbage is refused without a look-up.
 */
import { randomBytes } from 'node:crypto';
import { isKeyId, type KeyId } from '../contract/identifiers.js';
import { crc32 } from './checksum.js';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checksumLength = 6;
/** A secret and its checksum, at the end of a token: for a regular expression. */
export const sealedSecretForm = `[0-9A-Za-z]{${secretLength + checksumLength}}`;
const form = new RegExp(`^fbk_live_([0-9a-f]{12})_${sealedSecretForm}$`);

export type ParsedToken =
  | { readonly kind: 'well-formed'; readonly keyId: KeyId }
  /** Not in the form of a token at all. */
  | { readonly kind: 'malformed' }
  /** In its form, but with a typo or made up. */
  | { readonly kind: 'bad-checksum' };

/** Reads a token's public part and checks its checksum. Says nothing about whether the key exists. */
export function parseToken(token: string): ParsedToken {
  const keyId = form.exec(token)?.[1];
  if (keyId === undefined || !isKeyId(keyId)) return { kind: 'malformed' };
  return isSealed(token) ? { kind: 'well-formed', keyId } : { kind: 'bad-checksum' };
}

/** True for a token whose checksum is right. */
export function isSealed(token: string): boolean {
  return checksum(token.slice(0, -checksumLength)) === token.slice(-checksumLength);
}

/** A new token for a key id. */
export function createToken(keyId: KeyId): string {
  return withSecret(`fbk_live_${keyId}_`);
}

/** A token with this prefix: a new secret and its checksum stand behind it. */
export function withSecret(prefix: string): string {
  const body = `${prefix}${randomSecret()}`;
  return body + checksum(body);
}

/** A new public id of a key. */
export function createKeyId(): KeyId {
  const id = randomBytes(6).toString('hex');
  if (!isKeyId(id)) throw new Error(`Not a key id: ${id}`);
  return id;
}

/** What may be shown of a token later: its prefix up to the secret, and its last four characters. */
export function recognizableParts(token: string): { readonly prefix: string; readonly lastFour: string } {
  return { prefix: token.slice(0, token.lastIndexOf('_') + 1), lastFour: token.slice(-4) };
}

function randomSecret(): string {
  let secret = '';
  while (secret.length < secretLength) {
    // 248 is the largest multiple of 62 in a byte: the bytes above it would favour the first characters.
    for (const byte of randomBytes(secretLength * 2)) {
      if (byte < 248 && secret.length < secretLength) secret += alphabet.charAt(byte % 62);
    }
  }
  return secret;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let position = 0; position < checksumLength; position += 1) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
