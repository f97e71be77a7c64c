/** SignalWire's status callback: a form, signed with the project's signing key over the URL and the form's fields. */
import { createHmac } from 'node:crypto';
import { isAttemptId } from '../contract/identifiers.js';
import { sidOf } from './provider-answer.js';
import { sameText } from './provider-callback-password.js';
import type { WebhookRequest, WebhookVerdict } from './provider.js';
import { signalWireStatus } from './signalwire-status.js';

/** @param signingKey from the space's API credentials */
export function readSignalWireWebhook({ url, headers, body }: WebhookRequest, signingKey: string): WebhookVerdict {
  const form = new URLSearchParams(body.toString('utf8'));
  const signature = headers['x-signalwire-signature'];
  if (signature === undefined || signature === '') return { kind: 'refused', reason: 'The signature is missing' };
  if (!sameText(signature, signalWireSignature(url.href, form, signingKey))) return { kind: 'refused', reason: 'The signature is wrong' };
  const [sid, status] = [sidOf(form.get('FaxSid')), form.get('FaxStatus')];
  if (sid === undefined || form.get('Direction') === 'inbound') return { kind: 'ignored' };
  // The query is part of what was signed, so the attempt in it is the one that the fax was handed over with.
  const attempt = url.searchParams.get('attempt') ?? '';
  const pages = form.get('NumPages') ?? '';
  return {
    kind: 'event',
    providerSid: sid,
    attemptId: isAttemptId(attempt) ? attempt : undefined,
    reported:
      status === null
        ? undefined
        : signalWireStatus({ status, errorMessage: form.get('ErrorMessage') ?? undefined, pages: /^\d{1,6}$/.test(pages) ? Number(pages) : undefined, cost: undefined }),
  };
}

/** Base64 of HMAC-SHA1 over the URL and each field's name and value, sorted by name. */
export function signalWireSignature(url: string, form: URLSearchParams, signingKey: string): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return createHmac('sha1', signingKey)
    .update(url + fields.map(([name, value]) => name + value).join(''))
    .digest('base64');
}
