/** What Phaxio's words for a fax mean. Pure. https://www.phaxio.com/docs/errorMessages */
import { jsonMember } from '../platform/json-member.js';
import type { Cost, FailureCause, ProviderStatus } from './provider.js';

/** The line errors with a cause of their own: "the call could not be placed". All others are `other`, and not dialled again. */
const lineErrors: ReadonlyMap<number, FailureCause> = new Map<number, FailureCause>([
  [15, 'congestion'],
  [16, 'no_answer'],
  [17, 'busy'],
  [19, 'no_carrier'],
  [30, 'no_carrier'],
  [32, 'number'],
  [34, 'number'],
  [43, 'no_carrier'],
  [49, 'number'],
  [73, 'number'],
  [87, 'no_carrier'],
  [88, 'congestion'],
  [100, 'congestion'],
  [110, 'congestion'],
  [112, 'no_answer'],
  [115, 'number'],
]);

/** "The call dropped prematurely": a line error in which pages may have gone. */
const callDropped = 11;

const pollSeconds = 15;

/** The words for a fax, and the finer ones for its recipient; `willretry` is Phaxio's own, which can't be switched off. */
const underWay: ReadonlySet<unknown> = new Set(['queued', 'pendingbatch', 'inprogress', 'ringing', 'callactive', 'willretry']);

/** @param fax a fax object of Phaxio's, from an answer or a webhook */
export function phaxioStatus(fax: unknown): ProviderStatus {
  const status = jsonMember(fax, 'status');
  const cost = costOf(jsonMember(fax, 'cost'));
  const charged = cost === undefined ? {} : { cost };
  if (underWay.has(status)) return { kind: 'in_progress', pollAfterSeconds: pollSeconds };
  switch (status) {
    case 'success': {
      const pages = countOf(jsonMember(fax, 'num_pages'));
      return { kind: 'success', ...(pages === undefined ? {} : { pages }), ...charged };
    }
    case 'partialsuccess':
      // How many pages arrived is not reported.
      return { kind: 'partial', error: errorOf(fax), ...charged };
    case 'failure':
      return failure(fax, charged);
    default:
      return { kind: 'uncertain', error: 'Phaxio reports a status that it does not document' };
  }
}

function failure(fax: unknown, charged: { readonly cost?: Cost }): ProviderStatus {
  const error = errorOf(fax);
  const code = codeOf(fax);
  switch (jsonMember(fax, 'error_type')) {
    case 'documentConversionError':
      return { kind: 'failed', cause: 'document', error, ...charged };
    case 'lineError':
      // Without its code it may be the dropped call.
      if (code !== undefined && code !== callDropped) return { kind: 'failed', cause: lineErrors.get(code) ?? 'other', error, ...charged };
      break;
    default:
  }
  // Also what may be a cancel (75, 76): that is documented for Sinch, and not known of Phaxio.
  return { kind: 'uncertain', error: `${error}: some pages may have arrived` };
}

function errorOf(fax: unknown): string {
  const type = jsonMember(fax, 'error_type');
  const code = codeOf(fax);
  return `${typeof type === 'string' && /^[A-Za-z]{1,40}$/.test(type) ? type : String(jsonMember(fax, 'status'))}${code === undefined ? '' : ` ${code}`}`;
}

function codeOf(fax: unknown): number | undefined {
  return countOf(jsonMember(fax, 'error_id')) ?? countOf(jsonMember(fax, 'error_code'));
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Phaxio counts in cents of a US dollar. */
function costOf(cents: unknown): Cost | undefined {
  const count = countOf(cents);
  return count === undefined ? undefined : { amount: (count / 100).toFixed(2), currency: 'USD' };
}
