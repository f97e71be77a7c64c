/** A report as Phaxio signs it: https://www.phaxio.com/docs/security/callbacks, written without a look at the gateway's own reading of it. */
import { createHash, createHmac } from 'node:crypto';

export interface PhaxioReport {
  /** Exactly as it was given with the fax. */
  readonly url: string;
  readonly token: string;
  readonly fields: Readonly<Record<string, Buffer | string>>;
  readonly file?: Buffer | undefined;
}

const boundary = '----phaxio-report';

export function phaxioReport({ url, token, fields, file }: PhaxioReport): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } {
  const signature = createHmac('sha1', token).update(url);
  for (const name of Object.keys(fields).sort()) signature.update(name).update(fields[name] ?? '');
  if (file !== undefined) signature.update(`file${createHash('sha1').update(file).digest('hex')}`);
  const part = (disposition: string, content: Buffer | string) => [`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`, content, '\r\n'];
  const pieces = [
    ...Object.entries(fields).flatMap(([name, value]) => part(`name="${name}"`, value)),
    ...(file === undefined ? [] : part('name="file"; filename="fax.pdf"', file)),
    `--${boundary}--\r\n`,
  ];
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'X-Phaxio-Signature': signature.digest('hex') },
    body: Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
  };
}
