/** What Sinch's words for a fax mean. Pure. https://developers.sinch.com/docs/fax/api-reference/fax/tag/Error-Messages/ */
import { jsonMember } from '../platform/json-member.js';
import type { Cost, FailureCause, ProviderStatus } from './provider.js';

/** The errors of a call in which no page goes out. 11 (the call dropped) is not among them: pages may have gone before. */
const callErrors: ReadonlyMap<number, FailureCause> = new Map<number, FailureCause>([
  [15, 'congestion'],
  [16, 'no_answer'],
  [17, 'busy'],
  [19, 'no_carrier'],
  [30, 'no_carrier'],
  [32, 'number'],
  [34, 'number'],
  [43, 'no_carrier'],
  [49, 'number'],
]);

const cancelledCodes: ReadonlySet<number> = new Set([75, 76]);

const pollSeconds = 15;

/** @param fax a fax object of Sinch's, from an answer or a webhook */
export function sinchStatus(fax: unknown): ProviderStatus {
  const status = jsonMember(fax, 'status');
  const cost = costOf(jsonMember(fax, 'price'));
  const charged = cost === undefined ? {} : { cost };
  switch (status) {
    case 'QUEUED':
    case 'IN_PROGRESS':
      return { kind: 'in_progress', pollAfterSeconds: pollSeconds };
    case 'COMPLETED': {
      const pages = countOf(jsonMember(fax, 'pagesSentSuccessfully')) ?? countOf(jsonMember(fax, 'numberOfPages'));
      return { kind: 'success', ...(pages === undefined ? {} : { pages }), ...charged };
    }
    case 'FAILURE':
      return failure(fax, charged);
    default:
      return { kind: 'uncertain', error: 'Sinch reports a status that it does not document' };
  }
}

function failure(fax: unknown, charged: { readonly cost?: Cost }): ProviderStatus {
  const type = jsonMember(fax, 'errorType');
  const code = countOf(jsonMember(fax, 'errorCode'));
  const pages = countOf(jsonMember(fax, 'pagesSentSuccessfully'));
  const error = `${typeof type === 'string' && /^[A-Z_]{1,40}$/.test(type) ? type : 'FAILURE'}${code === undefined ? '' : ` ${code}`}`;
  if (pages !== undefined && pages > 0) return { kind: 'partial', pages, error, ...charged };
  if (type === 'DOCUMENT_CONVERSION_ERROR') return { kind: 'failed', cause: 'document', error, ...charged };
  const cause = type === 'CALL_ERROR' && pages === 0 && code !== undefined ? callErrors.get(code) : undefined;
  if (cause !== undefined) return { kind: 'failed', cause, error, ...charged };
  if (code !== undefined && cancelledCodes.has(code)) return { kind: 'cancelled' };
  // Also a FAX_ERROR of no funds (46): whether pages had gone by then is not documented.
  return { kind: 'uncertain', error: `${error}: some pages may have arrived` };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function costOf(price: unknown): Cost | undefined {
  const [amount, currency] = [jsonMember(price, 'amount'), jsonMember(price, 'currencyCode')];
  const text = typeof amount === 'number' ? String(amount) : amount;
  return typeof text === 'string' && /^\d{1,9}(?:\.\d{1,9})?$/.test(text) && typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? { amount: text, currency } : undefined;
}
