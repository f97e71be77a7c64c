/** The daily anchor: it verifies what was appended since the last one, tells of a break once, and goes on behind it. */
import type { Anchor, KnownAnchor } from '../../lambdas/audit/anchor.js';
import { anchorKey, placeOfAnchor, readAnchorKey } from '../../lambdas/audit/anchor.js';
import type { AnchorStore } from '../../lambdas/audit/anchor-store.js';
import type { AuditEvent } from '../../lambdas/audit/event.js';
import { beginning, linkAfter, type Link } from '../../lambdas/audit/link.js';
import { anchorChain } from '../../lambdas/audit/write-anchor.js';
import type { Witness } from '../../lambdas/audit/witness.js';
import { ChainInMemory, chainOf } from './chain.fixture.js';

class AnchorsInMemory implements AnchorStore {
  readonly kept: Anchor[] = [];
  async list(): Promise<readonly KnownAnchor[]> {
    return this.kept.map((anchor) => ({ key: anchorKey(anchor), versionId: 'v', sequence: anchor.sequence, time: Date.parse(anchor.ts) }));
  }
  async read({ key }: KnownAnchor): Promise<Anchor> {
    const found = this.kept.find((anchor) => anchorKey(anchor) === key);
    if (found === undefined) throw new Error(key);
    return found;
  }
  async put(anchor: Anchor): Promise<void> {
    this.kept.push(anchor);
  }
}

const day = 86_400_000;
let chain: ChainInMemory;
let anchors: AnchorsInMemory;
let told: AuditEvent[];
let logged: Witness[];
let now: number;

beforeEach(() => {
  [chain, anchors, told, logged, now] = [new ChainInMemory(), new AnchorsInMemory(), [], [], Date.parse('2026-11-26T00:00:00Z')];
  write(chainOf(Array.from({ length: 10 }, (_, index) => [`{"event":"${index}"}`])));
});

function write(links: readonly Link[]): void {
  for (const link of links) chain.links.set(link.sequence, link);
}

/** Appends, as the functions do. */
function append(count: number): void {
  for (let added = 0; added < count; added += 1) write([linkAfter(chain.inOrder().at(-1) ?? beginning, ['{"event":"later"}'], now)]);
}

/** Writes the chain anew from a link on, with right hashes. */
function rewriteFrom(sequence: number): void {
  for (const { sequence: place, ts } of chain.inOrder().slice(sequence - 1)) write([linkAfter(chain.links.get(place - 1) ?? beginning, ['{"event":"forged"}'], Date.parse(ts))]);
}

function run() {
  now += day;
  return anchorChain({ chain, anchors, now, logWitnesses: async () => logged, tell: async (event) => void told.push(event) });
}

it('an empty chain needs no anchor', async () => {
  chain.links.clear();
  expect(await run()).toEqual({ anchor: undefined, broken: undefined });
  expect(anchors.kept).toEqual([]);
});

it('keeps the newest link, and how many were verified since the anchor before', async () => {
  await run();
  append(3);
  const { anchor, broken } = await run();
  expect(anchor).toEqual({ v: 1, sequence: 13, hash: chain.links.get(13)?.hash, ts: new Date(now).toISOString(), links: 4 });
  expect([broken, told, anchors.kept.length]).toEqual([undefined, [], 2]);
  // Its key tells what it is about, and what it says is about that.
  if (anchor === undefined) return;
  expect(readAnchorKey(anchorKey(anchor))).toEqual({ time: now, sequence: 13 });
  expect(placeOfAnchor(anchorKey(anchor), JSON.stringify(anchor))).toEqual({ sequence: 13, hash: anchor.hash });
});

it('an anchor that says something else than its key, or nothing at all, fits no link', () => {
  const key = anchorKey({ ts: '2026-11-26T00:00:00.000Z', sequence: 5 });
  for (const text of ['', 'null', '{"sequence":6,"hash":"ab"}', '{"sequence":"5","hash":"ab"}']) expect(placeOfAnchor(key, text)).toEqual({ sequence: 5, hash: '' });
  for (const other of ['anchors/x.json', 'anchors/2026-11-26T00-00-00-000Z-.json', 'other/2026-11-26T00-00-00-000Z-5.json']) expect(readAnchorKey(other)).toBeUndefined();
});

it.each([
  ['rewritten up to and with the anchored link', () => rewriteFrom(8), { sequence: 10, fault: 'anchor_differs' }],
  ['changed behind the anchor', () => write([{ ...linkAfter(chain.links.get(11) ?? beginning, ['{"event":"forged"}'], 0), hash: 'f'.repeat(64) }]), { sequence: 12, fault: 'hash_differs' }],
  ['cut short behind the anchored link', () => [8, 9, 10, 11, 12, 13].forEach((place) => chain.links.delete(place)), { sequence: 8, fault: 'missing' }],
  ['robbed of a link', () => chain.links.delete(12), { sequence: 12, fault: 'missing' }],
])('a chain that was %s is told of once, and anchored behind the break', async (_, tamper, found) => {
  await run();
  append(3);
  tamper();
  const { anchor, broken } = await run();
  expect(broken).toEqual(found);
  expect(told).toEqual([expect.objectContaining({ event: 'audit_chain_broken', broken_sequence: found.sequence, reason: found.fault, actor: { type: 'system' }, outcome: 'failed' })]);
  expect(anchor).toMatchObject({ sequence: chain.inOrder().at(-1)?.sequence, broken: found });
  append(2);
  expect((await run()).broken).toBeUndefined();
  expect(told).toHaveLength(1);
});

it('a rewrite of what is not anchored yet is found out by the log', async () => {
  await run();
  append(3);
  logged = chain.inOrder().slice(-3).map(({ sequence, hash }) => ({ kind: 'log', sequence, hash }));
  rewriteFrom(12);
  expect((await run()).broken).toEqual({ sequence: 12, fault: 'log_differs' });
});

it('where it can tell nobody of a break, it makes no anchor: the next run finds it again', async () => {
  await run();
  rewriteFrom(5);
  const failing = anchorChain({ chain, anchors, now: now + day, logWitnesses: async () => [], tell: () => Promise.reject(new Error('The log is away')) });
  await expect(failing).rejects.toThrow('The log is away');
  expect(anchors.kept).toHaveLength(1);
  expect((await run()).broken).toEqual({ sequence: 10, fault: 'anchor_differs' });
});
