/** Secrets, read once per execution environment and kept for a while. */
import { jsonMember } from './json-member.js';
import { kept } from './kept.js';
import { withRetries } from './retry.js';
import { callJson } from './signed-request.js';

/** Reads a secret's current text, or that of one version. @throws Error where it holds none */
export async function readSecret(secretId: string, versionId?: string): Promise<string> {
  const answer = await call('GetSecretValue', { SecretId: secretId, ...(versionId === undefined ? {} : { VersionId: versionId }) });
  const text = jsonMember(answer, 'SecretString');
  if (typeof text !== 'string') throw new Error(`The secret ${secretId} holds no text`);
  return text;
}

/** Reads a secret's text and keeps it for `seconds`. */
export function cachedSecret(secretId: string, seconds: number): () => Promise<string> {
  return kept(() => readSecret(secretId), seconds);
}

/**
 * Adds a version to a secret.
 * @param versionId a fresh UUID: the same version with the same text may be put again, so that an answer may get lost
 */
export async function putSecret(secretId: string, text: string, versionId: string): Promise<void> {
  await call('PutSecretValue', { SecretId: secretId, SecretString: text, ClientRequestToken: versionId });
}

function call(operation: string, input: object): Promise<unknown> {
  return withRetries(() => callJson({ service: 'secretsmanager', target: `secretsmanager.${operation}`, jsonVersion: '1.1', input }));
}
