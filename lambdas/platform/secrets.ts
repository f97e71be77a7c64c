/** Secrets, read once per execution environment and kept for a while. */
import { jsonMember } from './json-member.js';
import { kept } from './kept.js';
import { withRetries } from './retry.js';
import { callJson } from './signed-request.js';

/** Reads a secret's current text. @throws Error where it holds none */
export async function readSecret(secretId: string): Promise<string> {
  const answer = await withRetries(() =>
    callJson({ service: 'secretsmanager', target: 'secretsmanager.GetSecretValue', jsonVersion: '1.1', input: { SecretId: secretId } }),
  );
  const text = jsonMember(answer, 'SecretString');
  if (typeof text !== 'string') throw new Error(`The secret ${secretId} holds no text`);
  return text;
}

/** Reads a secret's text and keeps it for `seconds`. */
export function cachedSecret(secretId: string, seconds: number): () => Promise<string> {
  return kept(() => readSecret(secretId), seconds);
}
