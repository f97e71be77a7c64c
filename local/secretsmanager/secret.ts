/** A secret, its versions and their staging labels. Pure: each change gives a new secret. */
import { z } from 'zod';
import { AwsError } from '../cloud/service.js';
import { rotationSchema } from './rotation-state.js';

const version = z.object({
  createdAt: z.number(),
  secretString: z.string().optional(),
  /** base64, as on the wire. */
  secretBinary: z.string().optional(),
  stages: z.array(z.string()),
});
export type Version = z.infer<typeof version>;

export const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  description: z.string().optional(),
  kmsKeyId: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
  /** What the template last asked for, hashed: another template value makes a new version, the same one keeps what is stored. */
  templateFingerprint: z.string().optional(),
  rotation: rotationSchema.optional(),
  versions: z.record(z.string(), version),
});
export type Secret = z.infer<typeof secretSchema>;

export interface SecretValue {
  readonly secretString?: string | undefined;
  readonly secretBinary?: string | undefined;
}

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';

/** Unlabelled versions are kept for a while: beyond this many versions the oldest of them go. */
const keptVersions = 100;

/**
 * Adds a version. A version id that exists with the same value changes nothing (the token makes a retry safe); the
 * version of a rotation under way exists without a value and gets it.
 * @param stages labels of the new version; undefined is AWSCURRENT
 * @throws AwsError ResourceExistsException where the id exists with another value
 */
export function putVersion(secret: Secret, versionId: string, value: SecretValue, stages: readonly string[] | undefined, now: number): Secret {
  const existing = secret.versions[versionId];
  if (existing !== undefined && hasValue(existing)) {
    if (existing.secretString === value.secretString && existing.secretBinary === value.secretBinary) return secret;
    throw new AwsError('ResourceExistsException', `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`, 400);
  }
  const first = Object.keys(secret.versions).length === 0;
  const { secretString, secretBinary } = value;
  const added: Secret = {
    ...secret,
    changedAt: now,
    versions: {
      ...secret.versions,
      [versionId]: { createdAt: now, secretString, secretBinary, stages: existing?.stages ?? [] },
    },
  };
  const labels = new Set([...(stages ?? [current]), ...(first ? [current] : [])]);
  return pruned([...labels].reduce((labelled, stage) => withLabel(labelled, stage, versionId), added));
}

/**
 * Moves a staging label, as UpdateSecretVersionStage does.
 * @throws AwsError InvalidParameterException, ResourceNotFoundException
 */
export function moveLabel(
  secret: Secret,
  stage: string,
  moveTo: string | undefined,
  removeFrom: string | undefined,
  now: number,
): Secret {
  for (const id of [moveTo, removeFrom])
    if (id !== undefined && secret.versions[id] === undefined)
      throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret version: ${id}.`, 400);
  const holder = versionWithLabel(secret, stage);
  if (removeFrom !== undefined && removeFrom !== holder)
    throw new AwsError('InvalidParameterException', `The staging label ${stage} is not attached to version ${removeFrom}.`, 400);
  if (holder !== undefined && moveTo !== undefined && holder !== moveTo && removeFrom === undefined)
    throw new AwsError('InvalidParameterException', `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`, 400);
  if (moveTo === undefined && removeFrom === undefined)
    throw new AwsError('InvalidParameterException', 'You must specify MoveToVersionId or RemoveFromVersionId.', 400);
  if (moveTo === undefined && stage === current)
    throw new AwsError('InvalidParameterException', `You can't remove the staging label ${current}; move it to another version.`, 400);
  const changed = { ...secret, changedAt: now };
  return pruned(moveTo === undefined ? withoutLabel(changed, stage) : withLabel(changed, stage, moveTo));
}

/** Without a version, whatever its labels. */
export function withoutVersion(secret: Secret, versionId: string): Secret {
  return { ...secret, versions: Object.fromEntries(Object.entries(secret.versions).filter(([id]) => id !== versionId)) };
}

/** The version of a rotation has none before the function puts it. */
function hasValue({ secretString, secretBinary }: Version): boolean {
  return secretString !== undefined || secretBinary !== undefined;
}

/** The id of the version that holds a staging label. */
export function versionWithLabel(secret: Secret, stage: string): string | undefined {
  return Object.entries(secret.versions).find(([, { stages }]) => stages.includes(stage))?.[0];
}

/**
 * Which version a GetSecretValue means.
 * @throws AwsError ResourceNotFoundException where there is none, it has no value yet, or the id does not hold the label
 */
export function selectVersion(secret: Secret, versionId: string | undefined, stage: string | undefined): { readonly id: string; readonly version: Version } {
  const id = versionId ?? versionWithLabel(secret, stage ?? current);
  const found = id === undefined ? undefined : secret.versions[id];
  if (id === undefined || found === undefined || !hasValue(found) || (stage !== undefined && !found.stages.includes(stage)))
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${versionId === undefined ? `staging label: ${stage ?? current}` : `VersionId: ${versionId}`}`, 400);
  return { id, version: found };
}

/** AWSCURRENT leaves AWSPREVIOUS behind on the version it came from; every other label just moves. */
export function withLabel(secret: Secret, stage: string, versionId: string): Secret {
  const holder = versionWithLabel(secret, stage);
  if (holder === versionId) return secret;
  const moved = attach(withoutLabel(secret, stage), stage, versionId);
  if (stage !== current || holder === undefined) return moved;
  return attach(withoutLabel(moved, previous), previous, holder);
}

function withoutLabel(secret: Secret, stage: string): Secret {
  return {
    ...secret,
    versions: Object.fromEntries(
      Object.entries(secret.versions).map(([id, held]) => [id, { ...held, stages: held.stages.filter((label) => label !== stage) }]),
    ),
  };
}

function attach(secret: Secret, stage: string, versionId: string): Secret {
  const held = secret.versions[versionId];
  if (held === undefined) return secret;
  if (held.stages.length >= 20)
    throw new AwsError('LimitExceededException', `Version ${versionId} already has 20 staging labels.`, 400);
  return { ...secret, versions: { ...secret.versions, [versionId]: { ...held, stages: [...held.stages, stage] } } };
}

function pruned(secret: Secret): Secret {
  const unlabelled = Object.entries(secret.versions)
    .filter(([, { stages }]) => stages.length === 0)
    .sort(([, one], [, other]) => other.createdAt - one.createdAt);
  const labelled = Object.keys(secret.versions).length - unlabelled.length;
  const gone = new Set(unlabelled.slice(Math.max(0, keptVersions - labelled)).map(([id]) => id));
  if (gone.size === 0) return secret;
  return { ...secret, versions: Object.fromEntries(Object.entries(secret.versions).filter(([id]) => !gone.has(id))) };
}
