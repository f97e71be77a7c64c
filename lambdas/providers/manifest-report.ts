/** What an answer or a webhook says of a fax, by a manifest's pointers and tables. */
import { jsonMember } from '../platform/json-member.js';
import type { Canonical, Manifest, ReportPointers } from './manifest-schema.js';
import type { Cost, ProviderStatus } from './provider.js';

/** The value at a JSON pointer (RFC 6901); undefined where there is none. */
export function at(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((inner, token) => jsonMember(inner, token.replaceAll('~1', '/').replaceAll('~0', '~')), value);
}

/** A text, or a number as text, at a pointer; undefined where there is none, or where there is no pointer. */
export function textAt(value: unknown, pointer: string | undefined): string | undefined {
  const found = pointer === undefined ? undefined : at(value, pointer);
  if (typeof found === 'number' && Number.isFinite(found)) return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** @param pollSeconds when to ask again, where the fax is under way */
export function reportOf(answer: unknown, pointers: ReportPointers, { statuses, reasons }: Pick<Manifest, 'statuses' | 'reasons'>, pollSeconds: number): ProviderStatus {
  const word = textAt(answer, pointers.word);
  if (word === undefined) return { kind: 'uncertain', error: 'The answer names no status' };
  const canonical: Canonical | undefined = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
  if (canonical === undefined) return { kind: 'uncertain', error: `The manifest does not know the status ${shown(word)}` };
  const reason = textAt(answer, pointers.reason);
  const pages = pagesAt(answer, pointers.pagesSent);
  const counted = pages === undefined ? {} : { pages };
  const cost = costAt(answer, pointers.cost);
  const charged = cost === undefined ? {} : { cost };
  const told = reason === undefined ? shown(word) : `${shown(word)} (${shown(reason)})`;
  switch (canonical) {
    case 'in_progress':
      return { kind: 'in_progress', pollAfterSeconds: pollSeconds };
    case 'success':
      return { kind: 'success', ...counted, ...charged };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'partial':
      return { kind: 'partial', ...counted, error: told, ...charged };
    default: {
      // Whatever the words say: pages that arrived are not sent again.
      if (pages !== undefined && pages > 0) return { kind: 'partial', pages, error: told, ...charged };
      const byReason = reason !== undefined && reasons !== undefined && Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
      const cause = typeof canonical === 'object' ? canonical.failed : canonical === 'by_reason' ? byReason : undefined;
      return cause === undefined ? { kind: 'uncertain', error: `${told}: some pages may have arrived` } : { kind: 'failed', cause, error: told, ...charged };
    }
  }
}

function pagesAt(answer: unknown, pointer: string | undefined): number | undefined {
  const text = textAt(answer, pointer);
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function costAt(answer: unknown, pointers: ReportPointers['cost']): Cost | undefined {
  const amount = textAt(answer, pointers?.amount);
  return pointers === undefined || amount === undefined || !/^\d{1,9}(?:\.\d{1,9})?$/.test(amount) ? undefined : { amount, currency: pointers.currency };
}

/** A word or a code of theirs may stand in a job; a sentence, that could name a number or a person, may not. */
function shown(word: string): string {
  return /^(?!\+?\d{6})[A-Za-z0-9_.-]{1,64}$/.test(word) ? word : 'an unreadable word';
}
