/**
 * What Telnyx's words mean here. The reasons are those of its API reference and its "Fax API - Error List"; a word that
 * stands in neither is uncertain, and so is a reason whose words leave open whether pages went out.
 */
import type { FailureCause, ProviderStatus } from './provider.js';

/** The parts of Telnyx's fax (and of its webhook's payload) that say how it is doing. */
export interface TelnyxFax {
  readonly status: string;
  readonly failureReason: string | undefined;
  readonly pages: number | undefined;
}

const underWay: ReadonlySet<string> = new Set(['queued', 'media.processing', 'media.processed', 'originated', 'initiated', 'sending', 'sending.started']);

/** No call was made, or nobody's fax machine answered it. */
const certain: ReadonlyMap<string, FailureCause> = new Map<string, FailureCause>([
  ['user_busy', 'busy'],
  ['receiver_no_answer', 'no_answer'],
  ['receiver_no_response', 'no_answer'],
  // The wait for a fax machine's first signal ran out: pages come after it.
  ['fax_initial_communication_timeout', 'no_carrier'],
  // The account has no free line at the moment.
  ['user_channel_limit_exceeded', 'congestion'],
  ['outbound_profile_channel_limit_exceeded', 'congestion'],
  ['connection_channel_limit_exceeded', 'congestion'],
  ['outbound_profile_daily_spend_limit_exceeded', 'funds'],
  ['destination_not_in_countries_whitelist', 'limit'],
  ['destination_not_in_service_plan', 'limit'],
  ['unverified_destination_not_allowed', 'limit'],
  ['account_disabled', 'credentials'],
  ['no_outbound_profile', 'credentials'],
  ['unverified_origination_number', 'credentials'],
  ['destination_invalid', 'number'],
  ['receiver_invalid_number_format', 'number'],
  ['receiver_unallocated_number', 'number'],
  ['receiver_decline', 'other'],
  ['file_download_failed', 'document'],
  ['file_format_invalid', 'document'],
  ['file_size_limit_exceeded', 'document'],
  ['page_count_limit_exceeded', 'document'],
  ['media_processing_exception', 'document'],
]);

/** How long until it makes sense to ask again: a page takes half a minute or so. */
export const telnyxPollSeconds = 30;

/** @param fax as the answer or the webhook told it */
export function telnyxStatus({ status, failureReason, pages }: TelnyxFax): ProviderStatus {
  if (underWay.has(status)) return { kind: 'in_progress', pollAfterSeconds: telnyxPollSeconds };
  if (status === 'delivered') return { kind: 'success', ...(pages === undefined ? {} : { pages }) };
  if (status !== 'failed') return { kind: 'uncertain', error: `Telnyx reports a status that it does not document: ${shown(status)}` };
  if (failureReason === undefined) return { kind: 'uncertain', error: 'Telnyx reports a failure without a reason' };
  if (failureReason === 'sender_canceled') return { kind: 'cancelled' };
  const cause = certain.get(failureReason);
  if (cause === undefined) return { kind: 'uncertain', error: `Telnyx reports ${shown(failureReason)}: some pages may have arrived` };
  return { kind: 'failed', cause, error: failureReason };
}

/** A word of theirs may stand in a job; a sentence, that could name a number, may not. */
function shown(word: string): string {
  return /^[a-z][a-z_.]{0,63}$/.test(word) ? word : 'an unreadable word';
}
