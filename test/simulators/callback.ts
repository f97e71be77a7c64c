/** Posts a callback as a provider would: once, with the name and password of the address, and without a care for the answer. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CallbackRequest } from './definition.js';

/** @param forged changes what was signed */
export function postCallback({ url, headers, body }: CallbackRequest, forged: boolean): Promise<void> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const target = new URL(url);
  if (forged) {
    target.searchParams.set('forged', 'yes');
    target.password = 'forged';
  }
  return new Promise((resolve) => {
    const outgoing = send(target, { method: 'POST', headers: { ...headers, 'content-length': String(body.length) }, agent: false }, (answer) => {
      answer.resume();
      answer.on('close', resolve);
    });
    outgoing.on('error', () => resolve());
    outgoing.end(body);
  });
}

/** The name and password of an address as the header that a client makes of them. */
export function authorizationOf(url: URL): Record<string, string> {
  return url.username === '' ? {} : { authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}` };
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
