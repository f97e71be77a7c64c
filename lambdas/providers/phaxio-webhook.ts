/** Phaxio's callback: a form, signed with the account's callback token. https://www.phaxio.com/docs/security/callbacks */
import { createHash, createHmac } from 'node:crypto';
import { isAttemptId, type AttemptId } from '../contract/identifiers.js';
import { jsonMember } from '../platform/json-member.js';
import { readMultipartForm, type FormPart } from './multipart-form.js';
import { phaxioStatus } from './phaxio-status.js';
import { jsonOf, sidOf } from './provider-answer.js';
import { sameText } from './provider-callback-password.js';
import type { WebhookRequest, WebhookVerdict } from './provider.js';

/** What was signed names no time: a repeated callback says again what the gateway then asks about, and changes nothing. */
export function readPhaxioWebhook({ url, headers, body }: WebhookRequest, callbackToken: string): WebhookVerdict {
  const signature = headers['x-phaxio-signature'];
  if (signature === undefined || signature === '') return { kind: 'refused', reason: 'The signature is missing' };
  const parts = partsOf(headers['content-type'] ?? '', body);
  if (parts === undefined) return { kind: 'refused', reason: 'The form can not be read' };
  if (!sameText(signature.toLowerCase(), phaxioSignature(url.href, parts, callbackToken))) return { kind: 'refused', reason: 'The signature is wrong' };
  const text = (name: string): string | undefined => parts.find((part) => part.name === name && part.fileName === undefined)?.content.toString('utf8');
  const fax = jsonOf({ text: text('fax') ?? '' });
  const providerSid = sidOf(jsonMember(fax, 'id'));
  if (providerSid === undefined || (text('direction') ?? jsonMember(fax, 'direction')) === 'received') return { kind: 'ignored' };
  return { kind: 'event', providerSid, attemptId: attemptOfTag(fax) ?? attemptInQuery(url), reported: phaxioStatus(fax) };
}

/** HMAC-SHA1 in hex over the address, the fields by name with their values, and the files by name with their SHA-1. */
export function phaxioSignature(url: string, parts: readonly FormPart[], callbackToken: string): string {
  const byName = [...parts].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const mac = createHmac('sha1', callbackToken).update(url);
  for (const { name, fileName, content } of byName) if (fileName === undefined) mac.update(name).update(content);
  for (const { name, fileName, content } of byName) if (fileName !== undefined) mac.update(name).update(createHash('sha1').update(content).digest('hex'));
  return mac.digest('hex');
}

/** The attempt in a fax's tags; undefined where the fax is another program's. */
export function attemptOfTag(fax: unknown): AttemptId | undefined {
  const tag = jsonMember(jsonMember(fax, 'tags'), 'attempt');
  return typeof tag === 'string' && isAttemptId(tag) ? tag : undefined;
}

/** The query is signed too. */
function attemptInQuery(url: URL): AttemptId | undefined {
  const attempt = url.searchParams.get('attempt') ?? '';
  return isAttemptId(attempt) ? attempt : undefined;
}

function partsOf(contentType: string, body: Buffer): readonly FormPart[] | undefined {
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return readMultipartForm(contentType, body);
  return [...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => ({ name, fileName: undefined, content: Buffer.from(value) }));
}
