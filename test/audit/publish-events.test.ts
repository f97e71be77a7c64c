/** Publishing: into the chain first, then into the log, in few links, once each, whoever else appends at the same time. */
import { linkAppender } from '../../lambdas/audit/append-link.js';
import type { AuditRecord } from '../../lambdas/audit/audit-log-store.js';
import { auditEvent, type AuditedFact, type AuditEvent } from '../../lambdas/audit/event.js';
import { beginning } from '../../lambdas/audit/link.js';
import { publishVia } from '../../lambdas/audit/publish-events.js';
import { behind } from '../../lambdas/audit/verify-chain.js';
import { walkChain } from '../../lambdas/audit/walk-chain.js';
import { isKeyId } from '../../lambdas/contract/identifiers.js';
import { ChainInMemory } from './chain.fixture.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const contention = { clock: Date.now, pause: turn, random: () => 0 };
const id = '0123456789ab';
if (!isKeyId(id)) throw new Error(id);
const rotated: AuditedFact = { event: 'api_key_rotated', target_key_id: id, secret_version: 2 };

let count = 0;
const newEvent = (fact: AuditedFact = rotated): AuditEvent => auditEvent(fact, { actor: { type: 'system' } }, { id: `event-${(count += 1)}`, now: 0 });
const newEvents = (number: number): AuditEvent[] => Array.from({ length: number }, () => newEvent());

async function expectWhole(chain: ChainInMemory): Promise<void> {
  expect((await walkChain(chain, behind(beginning), { witnesses: [], mustHave: [], mostLinks: Infinity })).step.kind).toBe('right');
}

/** An execution environment with a chain to append to, and a log of its own. */
function environment(chain: ChainInMemory) {
  const log: AuditRecord[] = [];
  const writing = { fails: false, calls: 0 };
  const publish = publishVia(linkAppender(chain, contention), async (records) => {
    await turn();
    writing.calls += 1;
    if (writing.fails) throw new Error('The log is away');
    log.push(...records);
  });
  return { publish, log, writing };
}

it('an event stands in the chain, and in the log beside the link that carries it', async () => {
  const chain = new ChainInMemory(turn);
  const { publish, log } = environment(chain);
  const event = newEvent();
  await publish([event]);
  const [link] = chain.inOrder();
  expect(link?.events).toEqual([JSON.stringify(event)]);
  expect(log).toEqual([{ ...event, sequence: 1, hash: link?.hash }]);
});

it('nothing to publish costs nothing', async () => {
  const chain = new ChainInMemory(turn);
  await environment(chain).publish([]);
  expect(chain.appends).toBe(0);
});

it('ten jobs of a batch cost two links and two calls to the log', async () => {
  const chain = new ChainInMemory(turn);
  const { publish, log, writing } = environment(chain);
  await Promise.all(newEvents(10).map((event) => publish([event])));
  expect([chain.inOrder().map(({ events }) => events.length), writing.calls, log.length]).toEqual([[1, 9], 2, 10]);
});

it('a link carries no more than 50 events', async () => {
  const chain = new ChainInMemory(turn);
  await environment(chain).publish(newEvents(120));
  expect(chain.inOrder().map(({ events }) => events.length)).toEqual([50, 50, 20]);
});

it.each([2, 10])('%i environments that append at once make one whole chain without a gap', async (environments) => {
  const chain = new ChainInMemory(turn);
  const all = Array.from({ length: environments }, () => environment(chain));
  const events = all.map(() => newEvents(20));
  await Promise.all(all.flatMap(({ publish }, index) => (events[index] ?? []).map((event) => publish([event]))));
  await expectWhole(chain);
  const appended = chain.inOrder().flatMap((link) => link.events);
  expect([...appended].sort()).toEqual(events.flat().map((event) => JSON.stringify(event)).sort());
  expect(chain.conflicts).toBeGreaterThan(0);
});

it('an environment that knows an old link reads the newest one and goes on behind it', async () => {
  const chain = new ChainInMemory(turn);
  const [one, other] = [environment(chain), environment(chain)];
  await one.publish(newEvents(1));
  for (const event of newEvents(30)) await other.publish([event]);
  await one.publish(newEvents(1));
  expect(chain.inOrder()).toHaveLength(32);
  expect(chain.conflicts).toBe(1);
  await expectWhole(chain);
});

it('a put whose answer got lost and that was tried again is found in the chain, not appended again', async () => {
  const chain = new ChainInMemory(turn);
  const store = Object.assign(Object.create(chain), { append: async (link: Parameters<ChainInMemory['append']>[0]) => (await chain.append(link)) && chain.append(link) });
  const append = linkAppender(store, contention);
  expect(await append(['{"event":"x"}'])).toMatchObject({ sequence: 1 });
  expect(chain.inOrder()).toHaveLength(1);
});

it('a chain that stays too busy is given up, and whoever asked keeps the events', async () => {
  const chain = new ChainInMemory();
  let now = 0;
  const busy = Object.assign(Object.create(chain), { append: async () => false });
  const append = linkAppender(busy, { clock: () => (now += 100), pause: async () => undefined, random: () => 1 });
  await expect(append(['{"event":"x"}'])).rejects.toThrow('The audit chain was too busy for another link');
});

describe('when the log is away', () => {
  it('the publication fails, and tried again it needs no second link', async () => {
    const chain = new ChainInMemory(turn);
    const { publish, log, writing } = environment(chain);
    const event = newEvent();
    writing.fails = true;
    await expect(publish([event])).rejects.toThrow('The log is away');
    await expect(publish([event])).rejects.toThrow('The log is away');
    writing.fails = false;
    await publish([event]);
    expect(chain.inOrder()).toHaveLength(1);
    expect(log).toEqual([expect.objectContaining({ event_id: event.event_id, sequence: 1 })]);
    // What is in both is no news: the same event again is a new publication.
    await publish([event]);
    expect(chain.inOrder()).toHaveLength(2);
  });
});

describe('when the chain refuses', () => {
  it('the log does not tell of what never happened, and the next events go on', async () => {
    const chain = new ChainInMemory(turn);
    let refusing = true;
    const log: AuditRecord[] = [];
    const append = linkAppender(chain, contention);
    const publish = publishVia(
      async (events) => {
        if (refusing) throw new Error('The table is away');
        return append(events);
      },
      async (records) => {
        log.push(...records);
      },
    );
    await expect(publish(newEvents(2))).rejects.toThrow('The table is away');
    expect(log).toEqual([]);
    refusing = false;
    await publish(newEvents(1));
    expect(log).toHaveLength(1);
  });
});

describe('a setting that silences', () => {
  const silent = { silenced: async () => true };

  it('silences faxes and sign-ins, and never an administrative event', async () => {
    const chain = new ChainInMemory();
    const publish = publishVia(linkAppender(chain, contention), async () => undefined, silent);
    await publish([newEvent(), newEvent({ event: 'auth_refused', reason: 'revoked' }), newEvent({ event: 'audit_chain_broken', broken_sequence: 1, reason: 'missing' })]);
    const names = chain.inOrder().flatMap(({ events }) => events.map((text) => /"event":"(\w+)"/.exec(text)?.[1]));
    expect(names).toEqual(['api_key_rotated', 'audit_chain_broken']);
  });
});
