/** What a provider with a manifest reports by itself: the address that it calls carries a password of the attempt. */
import { reportOf, textAt } from './manifest-report.js';
import type { Manifest } from './manifest-schema.js';
import { jsonOf, sidOf } from './provider-answer.js';
import { attemptOfCallback } from './provider-callback-password.js';
import type { WebhookRequest, WebhookVerdict } from './provider.js';

const pollSeconds = 60;

export function readManifestWebhook(request: WebhookRequest, webhook: NonNullable<Manifest['webhook']>, manifest: Manifest, callbackKey: string): WebhookVerdict {
  const attemptId = attemptOfCallback(request, callbackKey);
  if (attemptId === undefined) return { kind: 'refused', reason: 'The password of the callback address is missing or wrong' };
  const text = request.body.toString('utf8');
  const told: unknown = webhook.format === 'json' ? jsonOf({ text }) : Object.fromEntries(new URLSearchParams(text));
  const providerSid = sidOf(textAt(told, webhook.id));
  if (providerSid === undefined) return { kind: 'ignored' };
  return { kind: 'event', providerSid, attemptId, reported: webhook.word === undefined ? undefined : reportOf(told, webhook, manifest, pollSeconds) };
}
