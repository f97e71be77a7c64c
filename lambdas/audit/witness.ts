/** A witness: what stands outside of the chain about a link of it. */
import { jsonMember } from '../platform/json-member.js';
import type { Position } from './link.js';

export interface Witness extends Position {
  readonly kind: 'anchor' | 'log';
}

export function bySequence(witnesses: readonly Witness[]): ReadonlyMap<number, readonly Witness[]> {
  const found = new Map<number, Witness[]>();
  for (const witness of witnesses) {
    const others = found.get(witness.sequence);
    if (others === undefined) found.set(witness.sequence, [witness]);
    else others.push(witness);
  }
  return found;
}

/** The link that a record of the audit log tells of; undefined where it tells of none. @throws SyntaxError for a record that is no JSON */
export function witnessOfRecord(message: string): Witness | undefined {
  const record: unknown = JSON.parse(message);
  const [sequence, hash] = [jsonMember(record, 'sequence'), jsonMember(record, 'hash')];
  return typeof sequence === 'number' && typeof hash === 'string' ? { kind: 'log', sequence, hash } : undefined;
}

/** The same witnesses, each once: of a link with many events the log tells many times. */
export function eachOnce(witnesses: readonly Witness[]): readonly Witness[] {
  return [...new Map(witnesses.map((one) => [`${one.kind} ${one.sequence} ${one.hash}`, one])).values()];
}
