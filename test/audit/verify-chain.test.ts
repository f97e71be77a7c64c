/** Whatever is done to a chain after the fact, verification names the first link that is not what it was. */
import fc from 'fast-check';
import { beginning, hashOf, linkAfter, type Link } from '../../lambdas/audit/link.js';
import { behind, endAt, from, goOver, type Break } from '../../lambdas/audit/verify-chain.js';
import { bySequence, eachOnce, witnessOfRecord, type Witness } from '../../lambdas/audit/witness.js';
import { chainOf, stored } from './chain.fixture.js';

/** Any text: what the hash covers is the text, whatever is in it. */
const event = fc.string({ unit: 'binary', minLength: 1 });
const chain = fc.array(fc.array(event, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 20 }).map(chainOf);
/** A chain, and the index of one of its links. */
const chainAndPlace = chain.chain((links) => fc.tuple(fc.constant(links), fc.nat({ max: links.length - 1 })));

function breakOf(links: readonly object[], witnesses: readonly Witness[] = [], start = behind(beginning)): Break | undefined {
  const step = goOver(stored(links), start, bySequence(witnesses));
  const end = step.kind === 'broken' ? step : endAt(step.progress, witnesses.map(({ sequence }) => sequence));
  return end.kind === 'broken' ? end.at : undefined;
}

const anchored = ({ sequence, hash }: Link): Witness => ({ kind: 'anchor', sequence, hash });
const replaced = (links: readonly Link[], place: number, change: object): object[] => links.map((link, index) => (index === place ? { ...link, ...change } : link));

/** Every link from a place on, written anew around other events, each with the hash that it then must have. */
function rewritten(links: readonly Link[], place: number, by: string): Link[] {
  const kept = links.slice(0, place);
  for (const link of links.slice(place)) kept.push(linkAfter(kept.at(-1) ?? beginning, [by, ...link.events], Date.parse(link.ts)));
  return kept;
}

describe('a chain', () => {
  it('is whole as it was written, from any of its links on, also as its anchors tell', () => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        expect(breakOf(links, links.map(anchored))).toBeUndefined();
        const [first] = links.slice(place);
        if (first !== undefined) expect(breakOf(links.slice(place), [], from(first.sequence))).toBeUndefined();
      }),
    );
  });

  it('has a hash that anybody can compute: SHA-256 over a JSON array', () => {
    const [link] = chainOf([['{"event":"x"}']]);
    expect(link).toEqual({
      v: 1,
      sequence: 1,
      ts: '2026-11-25T00:00:00.000Z',
      events: ['{"event":"x"}'],
      prev_hash: '0'.repeat(64),
      // In Python: sha256(json.dumps([v, sequence, ts, events, prev_hash], separators=(',', ':'), ensure_ascii=False).encode())
      hash: 'd8ee503e6c2bae2514723336c709bf7139219cb647da60b4af61a4e1ddcd7aa1',
    });
  });
});

describe('tampering with one link is found at that link', () => {
  it('when an event was changed, added or taken out', () => {
    fc.assert(
      fc.property(chainAndPlace, event, ([links, place], other) => {
        const events = links[place]?.events ?? [];
        for (const changed of [[...events, other], [`${events[0] ?? ''}${other}`, ...events.slice(1)], ...(events.length > 1 ? [events.slice(1)] : [])]) {
          expect(breakOf(replaced(links, place, { events: changed }))).toEqual({ sequence: place + 1, fault: 'hash_differs' });
        }
      }),
    );
  });

  it('when its time or its hash was changed', () => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        expect(breakOf(replaced(links, place, { ts: '2020-01-01T00:00:00.000Z' }))).toEqual({ sequence: place + 1, fault: 'hash_differs' });
        expect(breakOf(replaced(links, place, { hash: 'f'.repeat(64) }))).toEqual({ sequence: place + 1, fault: 'hash_differs' });
        expect(breakOf(replaced(links, place, { prev_hash: 'f'.repeat(64) }))).toEqual({ sequence: place + 1, fault: 'prev_hash_differs' });
      }),
    );
  });

  it.each([{ v: 2 }, { events: [] }, { events: 'none' }, { hash: 7 }, { ts: null }, { note: 'beside the hash' }])('when it was given %j: what the hash does not cover has no place', (change) => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        expect(breakOf(replaced(links, place, change))).toEqual({ sequence: place + 1, fault: 'malformed' });
      }),
    );
  });

  it('when it was taken out', () => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        const left = links.toSpliced(place, 1);
        // The newest one leaves no gap: its anchor tells.
        expect(breakOf(left, place === links.length - 1 ? links.slice(-1).map(anchored) : [])).toEqual({ sequence: place + 1, fault: 'missing' });
      }),
    );
  });

  it('when another one was put in between, under a number of its own', () => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        const [link] = links.slice(place);
        if (link === undefined) return;
        const forged = { ...link, sequence: link.sequence + 0.5, prev_hash: link.hash };
        expect(breakOf([...links, { ...forged, hash: hashOf(forged) }])).toEqual({ sequence: place + 1.5, fault: 'inserted' });
      }),
    );
  });

  it('when another one was put in between, and the later ones were given new numbers', () => {
    fc.assert(
      fc.property(chainAndPlace, event, ([links, place], text) => {
        const before = links.slice(0, place);
        const forged = linkAfter(before.at(-1) ?? beginning, [text], 0);
        const shifted = links.slice(place).map((link) => ({ ...link, sequence: link.sequence + 1 }));
        expect(breakOf([...before, forged, ...shifted])).toEqual({ sequence: place + 2, fault: 'prev_hash_differs' });
      }),
    );
  });

  it('when one was changed together with its own hash, at the next one', () => {
    fc.assert(
      fc.property(chainAndPlace, event, ([links, place], other) => {
        fc.pre(place < links.length - 1);
        const [link] = links.slice(place);
        if (link === undefined) return;
        const forged = { ...link, events: [...link.events, other] };
        expect(breakOf(replaced(links, place, { ...forged, hash: hashOf(forged) }))).toEqual({ sequence: place + 2, fault: 'prev_hash_differs' });
      }),
    );
  });
});

describe('a chain that was written anew with right hashes', () => {
  it('is whole by itself, and found out by the first anchor or log record of a link that was rewritten', () => {
    fc.assert(
      fc.property(chainAndPlace, event, fc.nat(), fc.constantFrom('anchor', 'log'), ([links, place], other, any, kind) => {
        const forged = rewritten(links, place, other);
        expect(breakOf(forged)).toBeUndefined();
        const witness = any % links.length;
        const witnesses = links.slice(witness, witness + 1).map((link): Witness => ({ kind, sequence: link.sequence, hash: link.hash }));
        const found = breakOf(forged, witnesses);
        expect(found).toEqual(witness < place ? undefined : { sequence: witness + 1, fault: kind === 'anchor' ? 'anchor_differs' : 'log_differs' });
      }),
    );
  });

  it('and cut short is found out by an anchor of a link that is gone', () => {
    fc.assert(
      fc.property(chainAndPlace, ([links, place]) => {
        expect(breakOf(links.slice(0, place), links.slice(-1).map(anchored))).toEqual({ sequence: place + 1, fault: 'missing' });
      }),
    );
  });
});

describe('a record of the audit log', () => {
  it('tells of a link where it names one, and many records of one link tell once', () => {
    expect(witnessOfRecord('{"event":"auth_refused"}')).toBeUndefined();
    const record = witnessOfRecord('{"event":"job_created","sequence":3,"hash":"ab"}');
    expect(record).toEqual({ kind: 'log', sequence: 3, hash: 'ab' });
    if (record !== undefined) expect(eachOnce([record, { ...record }])).toEqual([record]);
  });
});
