/** What a client may say beside the number and the document: which provider, when, and who is told how it came out. Pure. */
import { notifyUrlProblem } from '../outcomes/notify-url.js';
import type { FieldProblem } from '../platform/field-problems.js';
import { longestWaitDays } from './months.js';

export interface SendingOptions {
  readonly provider: string | undefined;
  readonly sendAt: number | undefined;
  readonly notifyUrl: string | undefined;
}

export interface SendingTerms {
  readonly now: number;
  /** The providers that can be had, in order. */
  readonly providers: readonly string[];
  /** After so many days a document is gone. */
  readonly documentRetentionDays: number;
  /** Hosts that may be told of faxes although their addresses are private. */
  readonly privateNotifyHosts: ReadonlySet<string>;
}

const day = 86_400_000;

/** ISO 8601 with its zone, to the second or finer. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/i;

/** Reads them; the problems name what is wrong with them. */
export function readSendingOptions(
  texts: { readonly provider: string | undefined; readonly sendAt: string | undefined; readonly notifyUrl: string | undefined },
  { now, providers, documentRetentionDays, privateNotifyHosts }: SendingTerms,
): { readonly options: SendingOptions; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const { provider } = texts;
  if (provider !== undefined && !providers.includes(provider)) {
    problems.push({ field: 'provider', message: `must be a provider that this gateway sends through: ${providers.join(', ')}` });
  }
  const sendAt = texts.sendAt === undefined ? undefined : moment.test(texts.sendAt) ? Date.parse(texts.sendAt) : NaN;
  // A fax must not wait longer than its document is kept.
  const days = Math.min(longestWaitDays, documentRetentionDays - 1);
  if (sendAt !== undefined && Number.isNaN(sendAt)) problems.push({ field: 'send_at', message: 'must be a date and time such as 2027-01-31T08:00:00Z' });
  else if (sendAt !== undefined && sendAt <= now) problems.push({ field: 'send_at', message: 'must be in the future' });
  else if (sendAt !== undefined && sendAt > now + days * day) problems.push({ field: 'send_at', message: `must be within ${days} days` });
  const { notifyUrl } = texts;
  const notifyProblem = notifyUrl === undefined ? undefined : notifyUrlProblem(notifyUrl, privateNotifyHosts);
  if (notifyProblem !== undefined) problems.push({ field: 'notify_url', message: notifyProblem });
  return { options: { provider, sendAt, notifyUrl }, problems };
}
