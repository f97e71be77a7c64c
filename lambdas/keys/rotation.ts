/**
 * Rotation: how a key gets a new secret, and how the old one ends. Pure. A key has at most two secrets: the newest, and the
 * one before it, which is in force until its `endsAt` and stays after that, so that the history can name a rotated-out token.
 */
import type { AuditEvent } from '../audit/event.js';
import { ContractError } from '../contract/errors.js';
import { changed } from './key-changes.js';
import { isLive, stateOf, type ApiKey, type KeySecret } from './key.js';

export type NewSecret = Omit<KeySecret, 'version' | 'endsAt'>;

/** A key whose older secret is still in force beside the newest one. */
export interface Overlap {
  readonly older: KeySecret;
  readonly newer: KeySecret;
}

/** The two live secrets of a key, or undefined where it has one. */
export function overlapOf(key: Pick<ApiKey, 'secrets'>, now: number): Overlap | undefined {
  const [newer, older] = [key.secrets.at(-1), key.secrets.at(-2)];
  return newer !== undefined && older !== undefined && isLive(older, now) ? { older, newer } : undefined;
}

/** The version that the next secret gets. */
export function nextVersion(key: Pick<ApiKey, 'secrets'>): number {
  return Math.max(0, ...key.secrets.map(({ version }) => version)) + 1;
}

/**
 * The key with a new secret. The one before ends after `overlapSeconds`; with 0, at once, and so does every older one.
 * @throws ContractError key_not_active; rotation_in_progress where an overlap is wanted and one is running
 */
export function rotated(
  key: ApiKey,
  secret: NewSecret,
  { now, overlapSeconds }: { readonly now: number; readonly overlapSeconds: number },
  event: AuditEvent,
): ApiKey {
  requireActive(key, now);
  if (overlapSeconds > 0 && overlapOf(key, now) !== undefined) throw new ContractError('rotation_in_progress');
  const before = key.secrets.at(-1);
  const ended = before === undefined ? [] : [endedAt(before, now + overlapSeconds * 1000)];
  return changed(key, { secrets: [...ended, { ...secret, version: nextVersion(key), endsAt: undefined }] }, event);
}

/**
 * Ends the older secret of an overlap now.
 * @throws ContractError no_rotation
 */
export function finished(key: ApiKey, now: number, event: AuditEvent): ApiKey {
  const { older, newer } = requireOverlap(key, now);
  return changed(key, { secrets: [endedAt(older, now), newer] }, event);
}

/**
 * Takes the newer secret of an overlap back: the older one stays, as if nothing had been rotated.
 * @throws ContractError no_rotation
 */
export function cancelled(key: ApiKey, now: number, event: AuditEvent): ApiKey {
  const { older, newer } = requireOverlap(key, now);
  return changed(key, { secrets: [endedAt(newer, now), { ...older, endsAt: undefined }] }, event);
}

/**
 * A secret for an application that fetches it by itself (the Secrets Manager rotation): it is added beside the one in use,
 * which gets no end until `handedOver` gives it one, so that a failed test leaves the old token in force.
 * @param inUse the version of the secret that the application uses now; undefined where none of the key's is
 * @throws ContractError key_not_active
 */
export function withPending(key: ApiKey, secret: NewSecret, { now, inUse }: { readonly now: number; readonly inUse: number | undefined }, event: AuditEvent): ApiKey {
  requireActive(key, now);
  const kept = key.secrets.find(({ version }) => version === inUse) ?? key.secrets.at(-1);
  return changed(key, { secrets: [...(kept === undefined ? [] : [kept]), { ...secret, version: nextVersion(key), endsAt: undefined }] }, event);
}

/** The application's secret is the new one: the older ends after `overlapSeconds`, for those who still hold it in memory. */
export function handedOver(key: ApiKey, { now, overlapSeconds }: { readonly now: number; readonly overlapSeconds: number }, event: AuditEvent): ApiKey {
  const { older, newer } = requireOverlap(key, now);
  return changed(key, { secrets: [endedAt(older, now + overlapSeconds * 1000), newer] }, event);
}

function requireActive(key: ApiKey, now: number): void {
  if (stateOf(key, now) !== 'active') throw new ContractError('key_not_active');
}

function requireOverlap(key: ApiKey, now: number): Overlap {
  requireActive(key, now);
  const overlap = overlapOf(key, now);
  if (overlap === undefined) throw new ContractError('no_rotation');
  return overlap;
}

/** An end that stands is never put off. */
function endedAt(secret: KeySecret, end: number): KeySecret {
  return { ...secret, endsAt: Math.min(end, secret.endsAt ?? end) };
}
