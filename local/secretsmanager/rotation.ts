/** A secret's rotation: how it is set up, which one is under way, when the next attempt is due. Pure. */
import { AwsError } from '../cloud/service.js';
import { windowAfter, type RotationRules, type RotationWindow } from './rotation-rules.js';
import { withLabel, versionWithLabel, withoutVersion, type Secret } from './secret.js';

const current = 'AWSCURRENT';
const pending = 'AWSPENDING';
const firstPause = 5_000;
const longestPause = 3_600_000;

/** Sets function and rules; a rotation under way goes on. */
export function configured(secret: Secret, functionArn: string, rules: RotationRules, now: number): Secret {
  return {
    ...secret,
    changedAt: now,
    rotation: { ...secret.rotation, enabled: true, functionArn, rules, configuredAt: now },
  };
}

/**
 * Begins a rotation, or takes up again the one with this token.
 * @throws AwsError InvalidRequestException where another one is under way, or was left behind
 */
export function begun(secret: Secret, token: string, kind: 'rotation' | 'test', now: number): Secret {
  const { rotation } = secret;
  if (rotation === undefined) throw new AwsError('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.', 400);
  const left = unfinished(secret);
  if (left !== undefined && left !== token)
    throw new AwsError('InvalidRequestException', "A previous rotation isn't complete. That rotation will be reattempted.", 400);
  // A retry of the request for a rotation that has ended.
  if (secret.versions[token] !== undefined && left === undefined) return secret;
  return {
    ...withPending(secret, token, now),
    rotation: { ...rotation, underway: { token, kind, failures: rotation.underway?.failures ?? 0, attemptAt: now } },
  };
}

/** The token of a rotation that is under way, or that a cancellation left behind: nobody else may begin. */
export function unfinished(secret: Secret): string | undefined {
  const holder = versionWithLabel(secret, pending);
  return secret.rotation?.underway?.token ?? (holder === versionWithLabel(secret, current) ? undefined : holder);
}

/** The pending version stays as it is; the whole process is tried again. */
export function failed(secret: Secret, now: number): Secret {
  const { rotation } = secret;
  if (rotation?.underway === undefined) return secret;
  const failures = rotation.underway.failures + 1;
  const pause = Math.min(firstPause * 2 ** (failures - 1), longestPause);
  return { ...secret, rotation: { ...rotation, underway: { ...rotation.underway, failures, attemptAt: now + pause } } };
}

/** A test's version goes with it; a rotation's stays. */
export function ended(secret: Secret, now: number): Secret {
  const { rotation } = secret;
  if (rotation?.underway === undefined) return secret;
  const { underway: done, ...rest } = rotation;
  if (done.kind === 'test') return { ...withoutVersion(secret, done.token), rotation: rest };
  return { ...secret, changedAt: now, rotation: { ...rest, lastRotatedAt: now } };
}

/** Turned off; the labels stay where the rotation under way left them. */
export function cancelled(secret: Secret, now: number): Secret {
  if (secret.rotation === undefined) return secret;
  const { underway: _, ...rest } = secret.rotation;
  return { ...secret, changedAt: now, rotation: { ...rest, enabled: false } };
}

/** Milliseconds; undefined where nothing is due, ever. */
export function dueAt(secret: Secret): number | undefined {
  return secret.rotation?.underway?.attemptAt ?? nextWindow(secret)?.opensAt;
}

/** The window of the next scheduled rotation. */
export function nextWindow({ rotation, versions, ...secret }: Secret): RotationWindow | undefined {
  if (rotation?.enabled !== true) return undefined;
  const { lastRotatedAt = 0, configuredAt, rules } = rotation;
  // "Manually updating the secret value is considered a valid rotation", where the rules count days.
  const id = rules.AutomaticallyAfterDays === undefined ? undefined : versionWithLabel({ ...secret, versions }, current);
  const changedAt = id === undefined ? undefined : versions[id]?.createdAt;
  return windowAfter(rules, Math.max(lastRotatedAt, configuredAt, changedAt ?? 0));
}

/** The version has no value until the function puts one. */
function withPending(secret: Secret, token: string, now: number): Secret {
  const added = secret.versions[token] === undefined ? { ...secret.versions, [token]: { createdAt: now, stages: [] } } : secret.versions;
  return withLabel({ ...secret, changedAt: now, versions: added }, pending, token);
}
