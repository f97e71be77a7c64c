/**
 * Lifecycle rules: what of a key or an upload is due to go at a given time. Pure; the sweep that acts on it is in sweep.ts.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
import type { DeleteMarker, Versioning, Versions } from './object-record.js';
import { isRetained, withoutCurrent } from './object-record.js';

export interface LifecycleRule {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Bytes, exclusive. */
  readonly sizeGreaterThan?: number;
  readonly sizeLessThan?: number;
  readonly expirationDays?: number;
  readonly expiredObjectDeleteMarker: boolean;
  readonly noncurrentDays?: number;
  readonly newerNoncurrentVersions: number;
  readonly abortUploadDays?: number;
}

const day = 86_400_000;

/** S3 rounds up to the midnight (UTC) after the days have passed. */
export function dueTime(since: number, days: number): number {
  return Math.ceil((since + days * day) / day) * day;
}

export function uploadIsDue(rules: readonly LifecycleRule[], key: string, initiated: number, now: number): boolean {
  return rules.some(
    (rule) => rule.abortUploadDays !== undefined && key.startsWith(rule.prefix) && dueTime(initiated, rule.abortUploadDays) <= now,
  );
}

/** What the rules leave of a key's versions at `now`; the same array where nothing is due. */
export function afterLifecycle(
  rules: readonly LifecycleRule[],
  versioning: Versioning,
  key: string,
  versions: Versions,
  now: number,
  marker: DeleteMarker,
): Versions {
  const left = withoutDueNoncurrent(rules, key, versions, now);
  const newest = left[0];
  if (newest === undefined) return left;
  if (newest.kind === 'delete-marker')
    return left.length === 1 && rules.some((rule) => markerIsDue(rule, key, newest, now)) ? [] : left;
  const due = rules.some(
    (rule) =>
      rule.expirationDays !== undefined && applies(rule, key, newest) && dueTime(newest.lastModified, rule.expirationDays) <= now,
  );
  return due ? withoutCurrent(left, versioning, marker) : left;
}

/** A delete marker with nothing behind it goes by its own flag, or with the days of the rule that expires objects. */
function markerIsDue(rule: LifecycleRule, key: string, marker: DeleteMarker, now: number): boolean {
  if (!key.startsWith(rule.prefix) || Object.keys(rule.tags).length > 0) return false;
  return (
    rule.expiredObjectDeleteMarker ||
    (rule.expirationDays !== undefined && dueTime(marker.lastModified, rule.expirationDays) <= now)
  );
}

function withoutDueNoncurrent(rules: readonly LifecycleRule[], key: string, versions: Versions, now: number): Versions {
  const left = versions.filter((version, index) => {
    // A version became noncurrent when the next newer one came.
    const successor = versions[index - 1];
    if (successor === undefined || isRetained(version, now)) return true;
    return !rules.some(
      (rule) =>
        rule.noncurrentDays !== undefined &&
        index > rule.newerNoncurrentVersions &&
        (version.kind === 'object' ? applies(rule, key, version) : key.startsWith(rule.prefix)) &&
        dueTime(successor.lastModified, rule.noncurrentDays) <= now,
    );
  });
  return left.length === versions.length ? versions : left;
}

function applies(
  rule: LifecycleRule,
  key: string,
  object: { readonly size: number; readonly tags: Readonly<Record<string, string>> },
): boolean {
  return (
    key.startsWith(rule.prefix) &&
    Object.entries(rule.tags).every(([name, value]) => object.tags[name] === value) &&
    (rule.sizeGreaterThan === undefined || object.size > rule.sizeGreaterThan) &&
    (rule.sizeLessThan === undefined || object.size < rule.sizeLessThan)
  );
}
