/** Sends the form of a fax, and tells how much of it is sent: `fetch` does not. */
import { operations } from '../../../lambdas/contract/operations.js';
import { addressOf, consoleHeaders } from '../gateway/gateway.js';
import { ConnectionLost } from '../gateway/gateway-error.js';
import type { Fax } from '../gateway/operation-types.js';
import { readAnswer } from '../gateway/read-answer.js';

export interface FaxToSend {
  readonly to: string;
  readonly file: File;
  /** The key to send with; undefined for the session. */
  readonly key: string | undefined;
  /** The same one for each try of one fax: a try whose answer got lost is not sent again. */
  readonly idempotencyKey: string;
}

/**
 * @param onProgress hears the share that is sent, from 0 to 1
 * @throws GatewayError, ConnectionLost
 */
export function sendFax(fax: FaxToSend, onProgress: (share: number) => void): Promise<Fax> {
  const form = new FormData();
  form.set('to', fax.to);
  form.set('file', fax.file, fax.file.name);
  const request = new XMLHttpRequest();
  request.open(operations.sendFax.method, addressOf('sendFax'));
  for (const [name, value] of Object.entries(consoleHeaders)) request.setRequestHeader(name, value);
  request.setRequestHeader('Idempotency-Key', fax.idempotencyKey);
  if (fax.key !== undefined) request.setRequestHeader('X-API-Key', fax.key);
  request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
  return new Promise((resolve, reject) => {
    request.onload = () => {
      try {
        resolve(readAnswer('sendFax', { status: request.status, text: request.responseText, retryAfter: request.getResponseHeader('Retry-After') }));
      } catch (error) {
        reject(error instanceof Error ? error : new ConnectionLost(error));
      }
    };
    request.onerror = () => reject(new ConnectionLost());
    request.onabort = () => reject(new ConnectionLost());
    request.send(form);
  });
}
