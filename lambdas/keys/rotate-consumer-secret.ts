/**
 * Rotation for consumers: a secret in Secrets Manager that holds a key's current token is given a new one in the four steps
 * of https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-function-overview.html
 * Each step may be run again at any time, and changes nothing that it has done before.
 */
import { randomUUID } from 'node:crypto';
import type { PublishAudit } from '../audit/audit-log-store.js';
import { auditEvent, type AuditEvent } from '../audit/event.js';
import type { KeyId } from '../contract/identifiers.js';
import { settleOutbox } from './settle-outbox.js';
import { judgeToken } from './authorize.js';
import type { ConsumerSecretStore, ConsumerSecret } from './consumer-secret-store.js';
import type { ApiKey } from './key.js';
import type { KeyStore } from './key-store.js';
import { handedOver, nextVersion, overlapOf, withPending } from './rotation.js';
import { hashToken, matchesAny, type Peppers } from './secret-hash.js';
import { createToken, parseToken, recognizableParts } from './token.js';

export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof rotationSteps)[number];

export interface ConsumerRotation {
  readonly store: KeyStore;
  readonly secrets: ConsumerSecretStore;
  readonly publish: PublishAudit;
  readonly peppers: () => Promise<Peppers>;
  /** The id of the key that the gateway lets in with a token; undefined where it lets nobody in. */
  readonly askGateway: (token: string) => Promise<string | undefined>;
  /** How long the old token stays in force once the secret holds the new one: for those who keep it in memory. */
  readonly overlapSeconds: number;
  readonly clock: () => number;
}

export interface RotationRequest {
  readonly step: RotationStep;
  /** The secret's ARN. */
  readonly secretId: string;
  /** The id of the version that becomes current. */
  readonly versionId: string;
}

/** So often a write that lost to another one is decided anew. */
const mostAttempts = 5;

/**
 * Does one step.
 * @throws Error that says what to do; Secrets Manager tries the rotation again, and the old token stays in force
 */
export async function rotateConsumerSecret({ step, secretId, versionId }: RotationRequest, rotation: ConsumerRotation): Promise<void> {
  switch (step) {
    case 'createSecret':
      return createPending(secretId, versionId, rotation);
    case 'setSecret':
      return setPending(secretId, versionId, rotation);
    case 'testSecret':
      return testPending(secretId, versionId, rotation);
    case 'finishSecret':
      return finish(secretId, versionId, rotation);
  }
}

/** The new token is kept before its hash is: a token that only this function had seen would be lost with it. */
async function createPending(secretId: string, versionId: string, { secrets, store }: ConsumerRotation): Promise<void> {
  if ((await secrets.pending(secretId, versionId)) !== undefined) return;
  const current = await secrets.current(secretId);
  const id = keyIdOf(current);
  await requireKey(id, store);
  await secrets.putPending(secretId, versionId, { ...current, members: { ...current.members, key_id: id, token: createToken(id) } });
}

/** Adds the pending token's hash beside the one in use. */
async function setPending(secretId: string, versionId: string, rotation: ConsumerRotation): Promise<void> {
  const { secrets, peppers, clock } = rotation;
  const [pending, current, hashes] = [await requirePending(secretId, versionId, secrets), await secrets.current(secretId), await peppers()];
  const { token } = pending;
  await change(keyIdOf(pending), rotation, (key) => {
    if (matchesAny(token, key.secrets, hashes) !== undefined) return key;
    const now = clock();
    const secret = { ...hashToken(token, hashes), ...recognizableParts(token), createdAt: now };
    const inUse = matchesAny(current.token, key.secrets, hashes)?.version;
    return withPending(key, secret, { now, inUse }, eventOf('api_key_rotated', key.id, nextVersion(key), secretId, now));
  });
}

/** The gateway itself must let the pending token in; before the first rotation there is none, and the current one is tested. */
async function testPending(secretId: string, versionId: string, { secrets, store, peppers, askGateway, clock }: ConsumerRotation): Promise<void> {
  const tested = (await secrets.pending(secretId, versionId)) ?? (await secrets.current(secretId));
  const id = keyIdOf(tested);
  const key = await requireKey(id, store);
  // The gateway would refuse this function's address, whatever the token: then the gateway's own judgement has to do.
  const letIn =
    key.allowedIps.length === 0
      ? await askGateway(tested.token)
      : judgeToken(tested.token, { ...key, allowedIps: [] }, await peppers(), { now: clock(), address: '' }).kind === 'accepted'
        ? id
        : undefined;
  if (letIn !== id) throw new Error(`The gateway refuses the token of the key ${id} that the secret would hold: the old one stays`);
}

/** Makes the new version current, then gives the old token its end. */
async function finish(secretId: string, versionId: string, rotation: ConsumerRotation): Promise<void> {
  const { secrets, peppers, overlapSeconds, clock } = rotation;
  await secrets.makeCurrent(secretId, versionId);
  const current = await secrets.current(secretId);
  const hashes = await peppers();
  await change(keyIdOf(current), rotation, (key) => {
    const now = clock();
    const overlap = overlapOf(key, now);
    const isNewest = matchesAny(current.token, key.secrets.slice(-1), hashes) !== undefined;
    if (overlap === undefined || overlap.older.endsAt !== undefined || !isNewest) return key;
    return handedOver(key, { now, overlapSeconds }, eventOf('api_key_rotation_finished', key.id, overlap.newer.version, secretId, now));
  });
}

async function change(id: KeyId, { store, publish }: ConsumerRotation, decide: (key: ApiKey) => ApiKey): Promise<void> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const key = await requireKey(id, store);
    const next = decide(key);
    if (next === key) return;
    if (await store.replace(next)) return settleOutbox(next, store, publish);
  }
  throw new Error(`The key ${id} was changed by others all the time: the rotation is tried again later`);
}

async function requireKey(id: KeyId, store: KeyStore): Promise<ApiKey> {
  const key = await store.find(id);
  if (key === undefined) throw new Error(`There is no key ${id}: put the token of a key in force into the secret`);
  return key;
}

async function requirePending(secretId: string, versionId: string, secrets: ConsumerSecretStore): Promise<ConsumerSecret> {
  const pending = await secrets.pending(secretId, versionId);
  if (pending === undefined) throw new Error('The secret has no pending version: the rotation begins with createSecret');
  return pending;
}

function keyIdOf({ token }: ConsumerSecret): KeyId {
  const parsed = parseToken(token);
  if (parsed.kind !== 'well-formed') throw new Error('The secret holds no API key of this gateway: its value has to be {"token": "fbk_live_..."}');
  return parsed.keyId;
}

function eventOf(event: 'api_key_rotated' | 'api_key_rotation_finished', id: KeyId, version: number, secretId: string, now: number): AuditEvent {
  return auditEvent(
    { event, target_key_id: id, secret_version: version, consumer_secret: secretId },
    { actor: { type: 'system' } },
    { id: randomUUID(), now },
  );
}
