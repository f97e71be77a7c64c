/** The count of a caller's minute, over any number of environments, on a DynamoDB that checks conditions. */
import * as fc from 'fast-check';
import { defaultOwner } from '../../lambdas/contract/identifiers.js';
import { limitsLeft } from '../../lambdas/limits/limits-left.js';
import { usageOf } from '../../lambdas/limits/key-usage-store.js';
import { usageCounter, type KeyUse } from '../../lambdas/limits/usage-store.js';
import { createKeyId } from '../../lambdas/keys/token.js';
import { bootstrapCaller } from '../../lambdas/platform/caller.js';
import { startTable, type TableUnderTest } from './dynamodb-table.js';

let table: TableUnderTest;
beforeAll(async () => {
  table = await startTable({ AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] });
});
afterAll(() => table.cloud.close());
beforeEach(() => table.takeCalls());

/** The first millisecond of a minute. */
const start = 29_000_000 * 60_000;
const minute = start / 60_000;

function useOf(now: number, more: Partial<KeyUse> = {}, minuteLimit = 0): KeyUse {
  const caller = { kind: 'key', keyId: createKeyId(), secretVersion: 2, lastFour: 'abcd', owner: defaultOwner, scopes: ['fax:read'], minuteLimit } as const;
  return { caller, scope: 'fax:read', limitClass: undefined, now, ...more };
}

describe('a minute', () => {
  it('begins with 1, counts on, and begins again with the next', async () => {
    const count = usageCounter(table.name);
    const use = useOf(start);
    expect(await count(use)).toEqual({ minute, requests: 1 });
    expect(await count({ ...use, now: start + 1 })).toEqual({ minute, requests: 2 });
    expect(await count({ ...use, now: start + 59_999 })).toEqual({ minute, requests: 3 });
    expect(await count({ ...use, now: start + 60_000 })).toEqual({ minute: minute + 1, requests: 1 });
    expect(table.takeCalls()).toEqual(Array.from({ length: 4 }, () => 'dynamodb:UpdateItem'));
  });

  it('costs one write a request, and one more where an environment did not know of it', async () => {
    const [one, other] = [usageCounter(table.name), usageCounter(table.name)];
    const use = useOf(start);
    await one(use);
    expect(table.takeCalls()).toHaveLength(1);
    expect(await other(use)).toEqual({ minute, requests: 2 });
    expect(table.takeCalls()).toHaveLength(2);
    expect(await other(use)).toEqual({ minute, requests: 3 });
    expect(await one(use)).toEqual({ minute, requests: 4 });
    expect(table.takeCalls()).toHaveLength(2);
  });

  it('of one key says nothing of another’s, and a class of operations has its own', async () => {
    const count = usageCounter(table.name);
    const use = useOf(start);
    await count(use);
    expect((await count(useOf(start))).requests).toBe(1);
    expect((await count({ ...use, limitClass: 'inbound-list' })).requests).toBe(1);
    expect((await count({ ...use, limitClass: 'inbound-get' })).requests).toBe(1);
    expect((await count({ ...use, limitClass: 'inbound-list' })).requests).toBe(2);
    expect((await count(use)).requests).toBe(2);
  });

  it('counts in the later one where a clock is behind', async () => {
    const [ahead, behind] = [usageCounter(table.name), usageCounter(table.name)];
    const use = useOf(start + 60_000);
    await ahead(use);
    expect(await behind({ ...use, now: start + 59_990 })).toEqual({ minute: minute + 1, requests: 2 });
    expect(await behind({ ...use, now: start + 59_991 })).toEqual({ minute: minute + 1, requests: 3 });
  });

  it('is exact, however many environments count at once with clocks that differ: no count is given twice, and none is left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 200 })), { minLength: 1, maxLength: 60 }), async (requests) => {
        const environments = Array.from({ length: 5 }, () => usageCounter(table.name));
        const use = useOf(start);
        // Around the edge of a minute.
        const windows = await Promise.all(requests.map(async ([environment, offset]) => environments[environment]?.({ ...use, now: start + 59_900 + offset })));
        for (const one of [minute, minute + 1]) {
          const counts = windows.flatMap((window) => (window?.minute === one ? [window.requests] : [])).sort((a, b) => a - b);
          expect(counts).toEqual(counts.map((_, index) => index + 1));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('a caller over its limit', () => {
  it('is counted out by every environment, and costs no write where that is known', async () => {
    const [one, other] = [usageCounter(table.name), usageCounter(table.name)];
    const use = useOf(start, {}, 2);
    expect([(await one(use)).requests, (await one(use)).requests]).toEqual([1, 2]);
    table.takeCalls();
    for (let more = 0; more < 10; more += 1) expect((await one(use)).requests).toBe(3);
    expect(table.takeCalls()).toEqual([]);
    expect((await other(use)).requests).toBeGreaterThan(2);
    expect((await one({ ...use, now: start + 60_000 })).requests).toBe(1);
  });

  it('goes on as soon as the limit is raised', async () => {
    const count = usageCounter(table.name);
    const use = useOf(start, {}, 1);
    await count(use);
    expect((await count(use)).requests).toBe(2);
    expect((await count({ ...use, caller: { ...use.caller, minuteLimit: 5 } })).requests).toBe(2);
  });
});

describe('the same write', () => {
  it('notes when the key, the secret and the scope were last used', async () => {
    const count = usageCounter(table.name);
    const use = useOf(start);
    const { caller } = use;
    if (caller.kind !== 'key') throw new Error('no key');
    await count(use);
    await count({ ...use, scope: 'fax:send', now: start + 5 });
    await count({ ...use, scope: undefined, caller: { ...caller, secretVersion: 3 }, now: start + 9 });
    expect((await usageOf(table.name, [caller.keyId])).get(caller.keyId)).toEqual({
      lastUsedAt: start + 9,
      secrets: new Map([[2, start + 5], [3, start + 9]]),
      scopes: new Map([['fax:read', start], ['fax:send', start + 5]]),
    });
  });
});

describe('what is left', () => {
  it('is told of the minute that stands, and whole in one that nobody opened', async () => {
    const count = usageCounter(table.name);
    const use = useOf(start, {}, 5);
    expect(await limitsLeft(table.name, use.caller, start)).toEqual({ limit: 5, used: 0, remaining: 5, secondsLeft: 60 });
    await count(use);
    await count(use);
    expect(await limitsLeft(table.name, use.caller, start + 15_001)).toEqual({ limit: 5, used: 2, remaining: 3, secondsLeft: 45 });
    expect(await limitsLeft(table.name, use.caller, start + 60_000)).toEqual({ limit: 5, used: 0, remaining: 5, secondsLeft: 60 });
    expect(await limitsLeft(table.name, { ...use.caller, minuteLimit: 0 }, start)).toBeUndefined();
  });

  it('of the bootstrap key is its own', async () => {
    const count = usageCounter(table.name);
    const caller = bootstrapCaller(9);
    await count({ caller, scope: 'admin', limitClass: undefined, now: start });
    expect(await limitsLeft(table.name, caller, start)).toMatchObject({ limit: 9, used: 1 });
  });
});
