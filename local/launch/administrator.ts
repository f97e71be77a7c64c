/** Calls of the person at this machine to the local AWS endpoint, signed with the administrator's credentials. */
import { request } from 'node:http';
import { sign } from 'aws4';
import * as z from 'zod';
import { administratorKey } from '../endpoint/credentials.js';

/**
 * Reads the string of a secret.
 * @throws Error with what the service answered
 */
export async function secretString(endpointUrl: string, region: string, secretId: string): Promise<string> {
  const { host, hostname, port } = new URL(endpointUrl);
  const signed = sign(
    {
      service: 'secretsmanager',
      region,
      method: 'POST',
      path: '/',
      host,
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: secretId }),
    },
    { accessKeyId: administratorKey.accessKeyId, secretAccessKey: administratorKey.secretAccessKey },
  );
  const answer = await new Promise<string>((resolve, reject) => {
    const call = request({ hostname, port, method: 'POST', path: '/', headers: signed.headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(signed.body);
  });
  const parsed = z.object({ SecretString: z.string() }).safeParse(JSON.parse(answer));
  if (!parsed.success) throw new Error(`The secret ${secretId} could not be read: ${answer}`);
  return parsed.data.SecretString;
}
