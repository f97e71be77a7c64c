/** What the words of SignalWire's Compatibility API mean here. */
import type { Cost, ProviderStatus } from './provider.js';

/** The parts of a fax (and of its status callback) that say how it is doing. */
export interface SignalWireFax {
  readonly status: string;
  readonly errorMessage: string | undefined;
  readonly pages: number | undefined;
  readonly cost: Cost | undefined;
}

const underWay: ReadonlySet<string> = new Set(['queued', 'processing', 'sending']);

/** The messages of a failure before the first page, in lower case. */
const notConnected: ReadonlySet<string> = new Set(['connection failed', 'fax transmission not established']);

/** How long until it makes sense to ask again: a space may make one call a second, for everything. */
export const signalWirePollSeconds = 30;

/** @param fax as the answer or the callback told it */
export function signalWireStatus({ status, errorMessage, pages, cost }: SignalWireFax): ProviderStatus {
  const charged = cost === undefined ? {} : { cost };
  if (underWay.has(status)) return { kind: 'in_progress', pollAfterSeconds: signalWirePollSeconds };
  switch (status) {
    case 'delivered':
      return { kind: 'success', ...(pages === undefined ? {} : { pages }), ...charged };
    case 'busy':
      return { kind: 'failed', cause: 'busy', error: 'busy', ...charged };
    case 'no-answer':
      return { kind: 'failed', cause: 'no_answer', error: 'no-answer', ...charged };
    case 'canceled':
      return { kind: 'cancelled' };
    case 'failed':
      // The pages that SignalWire tells are those of the document, not those that arrived.
      return notConnected.has(errorMessage?.trim().toLowerCase() ?? '')
        ? { kind: 'failed', cause: 'no_carrier', error: 'no connection between the fax machines', ...charged }
        : { kind: 'uncertain', error: 'SignalWire reports a failure that leaves open whether pages arrived' };
    default:
      return { kind: 'uncertain', error: `SignalWire reports a status that it does not document: ${/^[a-z-]{1,32}$/.test(status) ? status : 'an unreadable word'}` };
  }
}
