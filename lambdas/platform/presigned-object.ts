/**
 * Presigned addresses of S3 objects. Everybody who reads a document uses one: a browser by redirect, the sender by a plain
 * GET that pipes. So no reader carries the S3 client, which is 130 KB (docs/adr/0004-bundle-sizes.md).
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { sign } from 'aws4';
import { objectAddress } from './object-address.js';
import { ownCredentials } from './signed-exchange.js';

export interface PresignOptions {
  readonly method?: 'GET' | 'HEAD';
  /** How long the address works. */
  readonly seconds: number;
  /** Response headers that S3 is to give instead of its own, such as response-content-disposition. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** The address of an object, or of the bucket itself where the key is empty. */
export function presign(bucket: string, key: string, { method = 'GET', seconds, overrides = {} }: PresignOptions): URL {
  const region = process.env['AWS_REGION'] ?? '';
  const address = objectAddress(bucket, key);
  const query = new URLSearchParams({ 'X-Amz-Expires': String(seconds), ...overrides });
  const path = `${address.pathname}?${query.toString().replaceAll('+', '%20')}`;
  const signed = sign({ service: 's3', region, method, host: address.host, path, signQuery: true }, ownCredentials());
  return new URL(signed.path ?? path, address);
}

/** Requests a presigned address and gives the answer with its body unread. @throws Error unless S3 answers 200 */
export function request(address: URL, method: 'GET' | 'HEAD', signal?: AbortSignal): Promise<IncomingMessage> {
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(address, { method, agent: false, timeout: 10_000, ...(signal === undefined ? {} : { signal }) }, (answer) => {
      if (answer.statusCode === 200) {
        resolve(answer);
        return;
      }
      answer.resume();
      reject(new Error(`S3 answered ${answer.statusCode ?? 0} to a ${method}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('S3 did not answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
