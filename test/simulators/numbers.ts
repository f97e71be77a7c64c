/** What a simulator's numbers do for a person who tries the gateway with it. Where the sandbox has a number for it, it is the same. */
import type { Behaviour, ProviderDefinition } from './definition.js';

export interface SimulatedNumber {
  readonly number: string;
  /** In words, for the person. */
  readonly does: string;
  /** Calls take turns at them. */
  readonly behaviours: readonly Behaviour[];
}

/** A fax that can be watched, to every other number. */
export const usual: Behaviour = { seconds: 2 };

const all: readonly SimulatedNumber[] = [
  { number: '+15555550001', does: 'busy', behaviours: [{ ...usual, end: 'busy' }] },
  { number: '+15555550002', does: 'nobody answers', behaviours: [{ ...usual, end: 'no_answer' }] },
  { number: '+15555550003', does: 'refused as a number that is none', behaviours: [{ refusal: 'number' }] },
  { number: '+15555550004', does: 'the line is cut', behaviours: [{ ...usual, end: 'cut' }] },
  { number: '+15555550005', does: 'a slow line: 60 seconds', behaviours: [{ seconds: 60 }] },
  { number: '+15555550006', does: 'breaks off after the first page', behaviours: [{ ...usual, end: 'partial' }] },
  { number: '+15555550007', does: 'somebody answers, but no fax machine', behaviours: [{ ...usual, end: 'no_carrier' }] },
  { number: '+15555550008', does: 'no free line on the way', behaviours: [{ ...usual, end: 'congestion' }] },
  { number: '+15555550009', does: 'takes the fax, then resets the connection instead of an answer', behaviours: [{ ...usual, fault: 'reset-after' }] },
  { number: '+15555550010', does: 'busy, and free at the next call', behaviours: [{ ...usual, end: 'busy' }, usual] },
  { number: '+15555550011', does: 'too many requests, and takes the next one', behaviours: [{ fault: 'throttle' }, usual] },
  { number: '+15555550013', does: 'resets the connection after the request, and takes nothing', behaviours: [{ fault: 'reset-before' }] },
  { number: '+15555550014', does: 'takes the fax, and answers with a 500', behaviours: [{ ...usual, fault: 'error-after' }] },
  { number: '+15555550015', does: 'delivered, but never reported: the gateway has to ask', behaviours: [{ ...usual, webhook: 'none' }] },
  { number: '+15555550016', does: 'delivered, and reported with a wrong signature', behaviours: [{ ...usual, webhook: 'forged' }] },
  { number: '+15555550017', does: 'refused for the credentials', behaviours: [{ refusal: 'credentials' }] },
  { number: '+15555550018', does: 'refused for want of funds', behaviours: [{ refusal: 'funds' }] },
];

/** Those of a provider that can end or refuse a fax so. */
export function numbersOf({ ends, refusals }: Pick<ProviderDefinition, 'ends' | 'refusals'>): readonly SimulatedNumber[] {
  return all.filter(({ behaviours }) =>
    behaviours.every(({ end, refusal }) => (end === undefined || Object.hasOwn(ends, end)) && (refusal === undefined || Object.hasOwn(refusals, refusal))),
  );
}
