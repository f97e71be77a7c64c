/** What providers post to a callback address, and how. */
import type { CallbackRequest } from './definition.js';
import { deliverCallback } from './deliver-callback.js';

/**
 * Posts a callback as a provider would: once, and without a care for the answer. AWS_ENDPOINT_URL is where a gateway on this machine has its
 * address at AWS.
 * @param forged changes what was signed
 */
export async function postCallback({ url, headers, body }: CallbackRequest, forged: boolean): Promise<void> {
  const target = new URL(url);
  if (forged) {
    target.searchParams.set('forged', 'yes');
    target.password = 'forged';
  }
  try {
    await deliverCallback({ url: target, headers, body, awsEndpoint: process.env['AWS_ENDPOINT_URL'] });
  } catch {
    // Nobody is there: a provider would try again later.
  }
}

/** A multipart form of fields and one file. */
export function formOf(fields: Readonly<Record<string, string>>, file?: { readonly name: string; readonly content: Buffer }): { readonly type: string; readonly body: Buffer } {
  const boundary = '------------------------d74496d66958873e';
  const parts: Buffer[] = Object.entries(fields).map(([name, value]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  if (file !== undefined) {
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${file.name}"; filename="fax.pdf"\r\nContent-Type: application/pdf\r\n\r\n`), file.content, Buffer.from('\r\n'));
  }
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]) };
}
