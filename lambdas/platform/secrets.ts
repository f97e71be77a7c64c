/** Secrets, read once per execution environment and kept for a while. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { kept } from './kept.js';

/** Reads a secret's string and keeps it for `seconds`. */
export function cachedSecret(secretId: string, seconds: number): () => Promise<string> {
  const client = new SecretsManagerClient({});
  return kept(async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString === undefined) throw new Error(`The secret ${secretId} holds no text`);
    return SecretString;
  }, seconds);
}
