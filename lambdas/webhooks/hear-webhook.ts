/** Hears what a provider reports: verifies it, and hands on what it says of which attempt. The body goes no further. */
import type { Origin } from '../audit/event.js';
import { WriteBudget, writeRate } from '../auth-events/write-budget.js';
import { ContractError } from '../contract/errors.js';
import { log } from '../platform/log.js';
import type { ProviderDirectory } from '../providers/provider-directory.js';
import type { WebhookRequest } from '../providers/provider.js';
import type { Heard } from '../faxes/heard.js';

export interface Hearing {
  readonly providers: Pick<ProviderDirectory, 'find'>;
  readonly tell: (heard: Heard) => Promise<void>;
}

export type HearWebhook = (provider: string, request: WebhookRequest, origin: Origin) => Promise<void>;

/**
 * The function that hears. Fulfilled once the sender will know of it; a provider that reads an error reports again.
 * It throws ContractError provider_not_found, and signature_invalid without a word of why: that stands in the log, within a
 * budget, since anybody may call.
 */
export function webhookHearing({ providers, tell }: Hearing): HearWebhook {
  const refusals = new WriteBudget(writeRate);
  return async (id, request, { source_ip, request_id }) => {
    const provider = await providers.find(id);
    if (provider?.readWebhook === undefined) throw new ContractError('provider_not_found');
    const verdict = provider.readWebhook(request);
    switch (verdict.kind) {
      case 'refused': {
        const allowance = refusals.take(request.now);
        if (allowance.kind === 'write') {
          log.warn('A callback was refused', { provider: id, reason: verdict.reason, source_ip, request_id, suppressed: allowance.suppressed });
        }
        throw new ContractError('signature_invalid');
      }
      case 'ignored':
        return;
      case 'event': {
        const { attemptId, providerSid, reported } = verdict;
        if (attemptId === undefined) {
          // Of a fax that this gateway did not send, or sent without a callback address: it asks for those by itself.
          log.info('A callback names no attempt', { provider: id, provider_sid: providerSid });
          return;
        }
        return tell({ provider: id, attemptId, providerSid, ...(reported === undefined ? {} : { reported }), at: request.now });
      }
    }
  };
}
