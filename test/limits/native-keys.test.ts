/** The pool of native keys: who gets one, when it is free again, and that no crash loses any. */
import { randomInt } from 'node:crypto';
import type { KeyId } from '../../lambdas/contract/identifiers.js';
import { tiers, type Tier } from '../../lambdas/contract/tiers.js';
import { createKeyId } from '../../lambdas/keys/token.js';
import { restedBefore, tierOf, type QuotaPeriod } from '../../lambdas/limits/native-key.js';
import { leasePatience, nativeKeyPool } from '../../lambdas/limits/native-key-pool.js';
import { holderReader } from '../../lambdas/limits/native-key-holder-reader.js';
import { dynamoNativeKeyStore, type NativeKeyStore } from '../../lambdas/limits/native-key-store.js';
import { makingPatience, mostCreated, tendNativeKeys, type NativeKeyTending } from '../../lambdas/limits/tend-native-keys.js';
import type { Made, UsagePlanStore } from '../../lambdas/limits/usage-plan-store.js';
import { putItem } from '../../lambdas/platform/dynamodb.js';
import { startTable, type TableUnderTest } from './dynamodb-table.js';

let table: TableUnderTest;
let store: NativeKeyStore;

beforeEach(async () => {
  table = await startTable({
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'pool', AttributeType: 'S' }, { AttributeName: 'pooled_at', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'pool', KeySchema: [{ AttributeName: 'pool', KeyType: 'HASH' }, { AttributeName: 'pooled_at', KeyType: 'RANGE' }], Projection: { ProjectionType: 'ALL' } },
    ],
  });
  store = dynamoNativeKeyStore(table.name);
});
afterEach(() => table.cloud.close());

/** API Gateway in memory: what is made, and what is on which plan. */
class Gateway implements UsagePlanStore {
  readonly keys = new Map<string, string>();
  readonly onPlan = new Map<string, string>();
  /** Gives an outcome, or throws, in place of the next calls of a kind; `after`: when the work is done. */
  readonly faults: { readonly call: 'createKey' | 'addToPlan'; readonly when: 'before' | 'after'; readonly kind: 'region-full' | 'slowed-down' | 'crash' }[] = [];

  async createKey(value: string): Promise<Made<string>> {
    return this.run('createKey', () => {
      if (this.keys.has(value)) return { kind: 'taken' };
      const id = `id${this.keys.size}`;
      this.keys.set(value, id);
      return { kind: 'made', value: id };
    });
  }

  async addToPlan(planId: string, nativeId: string): Promise<Made<undefined>> {
    return this.run('addToPlan', () => {
      if (this.onPlan.has(nativeId)) return { kind: 'taken' };
      this.onPlan.set(nativeId, planId);
      return { kind: 'made', value: undefined };
    });
  }

  private async run<T>(call: 'createKey' | 'addToPlan', work: () => Made<T>): Promise<Made<T>> {
    const fault = this.faults[0]?.call === call ? this.faults.shift() : undefined;
    if (fault?.when === 'before' && fault.kind !== 'crash') return { kind: fault.kind };
    const made = fault?.when === 'before' ? undefined : work();
    if (made === undefined || fault !== undefined) throw new Error('crashed');
    return made;
  }
}

const now = Date.now();
const minutes = 60_000;

function tendingOf(gateway: Gateway, more: Partial<NativeKeyTending> = {}, quota: QuotaPeriod = 'NONE'): NativeKeyTending {
  return {
    store,
    plans: gateway,
    holders: () => Promise.resolve(new Map()),
    planOf: new Map(tiers.map((tier) => [tier, { planId: `plan-${tier}`, quota }])),
    poolSize: 20,
    namePrefix: 'Faxbot test',
    pause: () => Promise.resolve(),
    // New ones have settled by now.
    clock: () => now - 5 * minutes,
    ...more,
  };
}

const pool = () => nativeKeyPool(store, { poolSize: 20 });
const counts = async (tier: Tier) => Promise.all((['making', 'free', 'leased', 'resting'] as const).map((state) => store.count(state, tier)));
const holding = (...held: readonly (readonly [KeyId, string])[]) => ({ holders: () => Promise.resolve(new Map(held)) });

describe('the pool is filled', () => {
  it('with a tenth of its size for each tier, each on its tier’s plan', async () => {
    const gateway = new Gateway();
    const report = await tendNativeKeys(tendingOf(gateway));
    expect(report).toEqual({ created: 6, released: 0, freed: 0, total: 6, free: { basic: 2, standard: 2, high: 2 }, regionFull: false });
    expect([...gateway.keys].map(([value, id]) => gateway.onPlan.get(id) === `plan-${tierOf(value)}`)).toEqual(Array.from({ length: 6 }, () => true));
    expect(await tendNativeKeys(tendingOf(gateway))).toMatchObject({ created: 0, total: 6 });
  });

  it('again as keys lease, and never beyond its size', async () => {
    const gateway = new Gateway();
    for (let round = 0; round < 15; round += 1) {
      await tendNativeKeys(tendingOf(gateway));
      await pool().lease('basic', createKeyId());
      await pool().lease('basic', createKeyId());
    }
    expect(gateway.keys.size).toBe(20);
    const [, free, leased] = await counts('basic');
    expect([free, leased]).toEqual([0, 16]);
  });

  it('so many in a run, with a pause after each', async () => {
    const gateway = new Gateway();
    let pauses = 0;
    const pause = async () => (pauses += 1);
    expect(await tendNativeKeys(tendingOf(gateway, { poolSize: 900, pause }))).toMatchObject({ created: mostCreated, free: { basic: 20, standard: 20, high: 20 } });
    expect(pauses).toBe(mostCreated);
  });

  it('not at all where its size is 0', async () => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway, { poolSize: 0 }));
    expect(gateway.keys.size).toBe(0);
    expect(await nativeKeyPool(store, { poolSize: 0 }).lease('basic', createKeyId())).toBeUndefined();
  });

  it('until the region is full, which the report says', async () => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway, { poolSize: 10 }));
    gateway.faults.push({ call: 'createKey', when: 'before', kind: 'region-full' });
    expect(await tendNativeKeys(tendingOf(gateway, { poolSize: 20 }))).toMatchObject({ created: 0, regionFull: true, total: 3 });
    expect((await Promise.all(tiers.map(counts))).map(([making]) => making)).toEqual([0, 0, 0]);
  });
});

describe('a crash while one is made', () => {
  it.each([
    ['before API Gateway knew of it', 'createKey', 'before', 6],
    // The one that API Gateway made is on no plan: it stays there, and nobody will ever use it.
    ['after API Gateway made it, before its id was noted', 'createKey', 'after', 7],
    ['before it was on its plan', 'addToPlan', 'before', 6],
    ['after it was on its plan', 'addToPlan', 'after', 6],
  ] as const)('%s, is made good by the next run', async (_, call, when, made) => {
    const gateway = new Gateway();
    gateway.faults.push({ call, when, kind: 'crash' });
    await expect(tendNativeKeys(tendingOf(gateway))).rejects.toThrow('crashed');
    expect(await tendNativeKeys(tendingOf(gateway, { clock: () => now - 5 * minutes + makingPatience }))).toMatchObject({ total: 6, free: { basic: 2, standard: 2, high: 2 } });
    expect([gateway.keys.size, gateway.onPlan.size]).toEqual([made, 6]);
    expect((await Promise.all(tiers.map(counts))).map(([making]) => making)).toEqual([0, 0, 0]);
  });

  it('and a plan that takes none leaves one behind, however often it is tried', async () => {
    const gateway = new Gateway();
    for (let run = 0; run < 5; run += 1) {
      gateway.faults.push({ call: 'addToPlan', when: 'before', kind: 'slowed-down' });
      await tendNativeKeys(tendingOf(gateway, { clock: () => now + run * 5 * minutes }));
    }
    expect(gateway.keys.size).toBe(1);
  });
});

describe('a lease', () => {
  it('is of the key’s tier, and nobody else’s', async () => {
    await tendNativeKeys(tendingOf(new Gateway()));
    const values = [await pool().lease('high', createKeyId()), await pool().lease('high', createKeyId())];
    expect(new Set(values).size).toBe(2);
    for (const value of values) expect(tierOf(value ?? '')).toBe('high');
    expect(await pool().lease('high', createKeyId())).toBeUndefined();
    expect(await counts('basic')).toEqual([0, 2, 0, 0]);
  });

  it('is not of a native key that AWS has just made', async () => {
    await tendNativeKeys(tendingOf(new Gateway(), { clock: Date.now }));
    expect(await counts('high')).toEqual([0, 2, 0, 0]);
    expect(await pool().lease('high', createKeyId())).toBeUndefined();
  });

  it('goes to one of many that race for the last ones', async () => {
    await tendNativeKeys(tendingOf(new Gateway()));
    const values = await Promise.all(Array.from({ length: 12 }, () => pool().lease('standard', createKeyId())));
    const won = values.filter((value) => value !== undefined);
    expect([won.length, new Set(won).size]).toEqual([2, 2]);
  });

  it('is none, and no failure, where the table does not answer', async () => {
    await tendNativeKeys(tendingOf(new Gateway()));
    table.cloud.denied.add('dynamodb:Query');
    expect(await pool().lease('standard', createKeyId())).toBeUndefined();
  });
});

describe('a native key that was given back', () => {
  it.each([
    ['NONE', now, true],
    ['DAY', now, false],
    ['DAY', now - 86_400_000, true],
    ['MONTH', now, false],
    ['MONTH', now - 31 * 86_400_000, true],
  ] as const)('rests until its plan’s quota begins anew (%s, at %i: free %s)', async (quota, givenBack, isFree) => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway));
    const value = (await pool().lease('basic', createKeyId())) ?? '';
    await store.rest(value, givenBack);
    expect((await counts('basic'))[3]).toBe(1);
    const { freed } = await tendNativeKeys(tendingOf(gateway, { clock: Date.now, poolSize: 0 }, quota));
    expect([freed, (await counts('basic'))[1]]).toEqual([isFree ? 1 : 0, isFree ? 2 : 1]);
  });

  it('rests once, be it given back twice, and one that is free is left alone', async () => {
    await tendNativeKeys(tendingOf(new Gateway()));
    const value = (await pool().lease('basic', createKeyId())) ?? '';
    await pool().release(value);
    await store.free(value, now);
    await pool().release(value);
    expect(await counts('basic')).toEqual([0, 2, 0, 0]);
  });
});

describe('a lease whose key does not hold it', () => {
  it('is taken back once no request can be under way any more', async () => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway));
    const keyId = createKeyId();
    const value = await pool().lease('basic', keyId);
    expect(await tendNativeKeys(tendingOf(gateway, { clock: Date.now }))).toMatchObject({ released: 0 });
    const later = Date.now() + leasePatience + 1;
    expect(await tendNativeKeys(tendingOf(gateway, { clock: () => later }))).toMatchObject({ released: 1 });
    expect(value).toBeDefined();
    expect((await counts('basic'))[2]).toBe(0);
  });

  it('and one that its key holds stays, and is looked at again a day later', async () => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway));
    const keyId = createKeyId();
    const value = (await pool().lease('basic', keyId)) ?? '';
    const later = Date.now() + leasePatience + 1;
    const looks: KeyId[][] = [];
    const holders: NativeKeyTending['holders'] = async (ids) => {
      looks.push([...ids]);
      return new Map([[keyId, value]]);
    };
    for (const time of [later, later + minutes, later + 86_400_000]) expect(await tendNativeKeys(tendingOf(gateway, { holders, clock: () => time }))).toMatchObject({ released: 0 });
    expect(looks.filter((ids) => ids.length > 0)).toEqual([[keyId], [keyId]]);
    // Revoked meanwhile, and the release got lost.
    expect(await tendNativeKeys(tendingOf(gateway, { ...holding(), clock: () => later + 3 * 86_400_000 }))).toMatchObject({ released: 1 });
  });

  it('is also one of a key that has another one by now', async () => {
    const gateway = new Gateway();
    await tendNativeKeys(tendingOf(gateway));
    const keyId = createKeyId();
    const [first, second] = [(await pool().lease('basic', keyId)) ?? '', (await pool().lease('standard', keyId)) ?? ''];
    const later = Date.now() + leasePatience + 1;
    await tendNativeKeys(tendingOf(gateway, { ...holding([keyId, second]), poolSize: 0, clock: () => later }, 'MONTH'));
    expect(tierOf(first)).toBe('basic');
    expect([await counts('basic'), await counts('standard')]).toEqual([[0, 1, 0, 1], [0, 1, 1, 0]]);
  });
});

it('the holders are read from the keys’ own items: each once, and of those in force alone', async () => {
  const [holder, revoked, without, gone] = [createKeyId(), createKeyId(), createKeyId(), createKeyId()];
  for (const [id, more] of [[holder, { nativeKey: 'a' }], [revoked, { nativeKey: 'b', revokedAt: 1 }], [without, {}]] as const) {
    await putItem({ TableName: table.name, Item: { pk: `KEY#${id}`, id, ...more } });
  }
  expect(await holderReader(table.name)([holder, revoked, holder, without, gone])).toEqual(new Map([[holder, 'a']]));
});

describe('a quota’s period begins', () => {
  it.each([
    ['NONE', '2026-11-25T16:20:00Z', '2026-11-25T16:20:00Z'],
    ['DAY', '2026-11-25T16:20:00Z', '2026-11-25T00:00:00Z'],
    // A Wednesday: the week began on Sunday.
    ['WEEK', '2026-11-25T16:20:00Z', '2026-11-22T00:00:00Z'],
    ['WEEK', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z'],
    ['MONTH', '2026-11-25T16:20:00Z', '2026-11-01T00:00:00Z'],
  ] as const)('%s of %s at %s', (period, at, start) => {
    expect(new Date(restedBefore(period, Date.parse(at))).toISOString()).toBe(new Date(start).toISOString());
  });
});

it('a value tells its tier, and another text has none', () => {
  expect(() => tierOf(`shared-basic-${randomInt(1_000_000)}`)).toThrow('not one of the pool');
  expect(() => tierOf('basic')).toThrow('not one of the pool');
});
