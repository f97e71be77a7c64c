/** The use case behind the schedule of native keys: look at leases, end rests, finish what a crash left, make new ones. */
import type { KeyId } from '../contract/identifiers.js';
import { tiers, type Tier } from '../contract/tiers.js';
import type { ReadHolders } from './native-key-holder-reader.js';
import { newNativeKey, nextTier, restedBefore, tierOf, type PoolState, type QuotaPeriod } from './native-key.js';
import type { NativeKeyStore, PooledKey } from './native-key-store.js';
import type { UsagePlanStore } from './usage-plan-store.js';

export interface NativeKeyTending {
  readonly store: NativeKeyStore;
  readonly plans: UsagePlanStore;
  readonly holders: ReadHolders;
  /** The tiers' usage plans. */
  readonly planOf: ReadonlyMap<Tier, { readonly planId: string; readonly quota: QuotaPeriod }>;
  /** How many native keys there may be in all. */
  readonly poolSize: number;
  /** What a person sees of them in API Gateway, such as `Faxbot dev`. */
  readonly namePrefix: string;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly clock: () => number;
}

export interface TendingReport {
  readonly created: number;
  /** Leases whose key does not hold them. */
  readonly released: number;
  /** Rests that have ended. */
  readonly freed: number;
  readonly total: number;
  readonly free: Readonly<Record<Tier, number>>;
  readonly regionFull: boolean;
}

/** So many are made in a run at most: the function has its time limit, and the next run is minutes away. */
export const mostCreated = 60;

/**
 * Between two: each takes a CreateApiKey and a CreateUsagePlanKey, of which AWS lets through 5 a second, and 10 calls a second of all
 * kinds in an account. Others deploy, too.
 */
const pauseMilliseconds = 400;

/** AWS: a new native key takes seconds to work. */
const settlingMilliseconds = 60_000;

/** A lease that was looked at is looked at again after this long. */
const lookAgainMilliseconds = 86_400_000;

const most = 100;
const states: readonly PoolState[] = ['making', 'free', 'leased', 'resting'];

/** What was begun this long ago is nobody's any more: longer than the function's time limit. */
export const makingPatience = 180_000;

/** Safe to run twice at once, and after a crash anywhere in it. */
export async function tendNativeKeys(tending: NativeKeyTending): Promise<TendingReport> {
  let [released, freed] = [0, 0];
  for (const tier of tiers) {
    released += await releaseLost(tier, tending);
    freed += await endRests(tier, tending);
  }
  const finished = await finishBegun(tending);
  const counts = new Map<Tier, number>();
  let total = 0;
  for (const tier of tiers) {
    const [making = 0, free = 0, leased = 0, resting = 0] = await Promise.all(states.map((state) => tending.store.count(state, tier)));
    counts.set(tier, making + free);
    total += making + free + leased + resting;
  }
  // While what was begun can't be finished nothing new is begun, so a fault that stays leaves no more than one behind.
  const made = finished === 'made' ? await makeMore(counts, total, tending) : { created: 0, stoppedBy: finished };
  const free = { basic: counts.get('basic') ?? 0, standard: counts.get('standard') ?? 0, high: counts.get('high') ?? 0 };
  return { created: made.created, released, freed, total: total + made.created, free, regionFull: made.stoppedBy === 'region-full' };
}

/** A crash between a lease and its key's write, or between the end of a key and the release, leaves a lease that nobody holds. */
async function releaseLost(tier: Tier, { store, holders, clock }: NativeKeyTending): Promise<number> {
  const leases = await store.list('leased', tier, clock(), most);
  const held = await holders(leases.map(({ keyId }) => keyId).filter((id): id is KeyId => id !== undefined));
  let released = 0;
  for (const { value, keyId } of leases) {
    if (keyId !== undefined && held.get(keyId) === value) await store.keep(value, keyId, clock() + lookAgainMilliseconds);
    else if (await store.rest(value, clock())) released += 1;
  }
  return released;
}

async function endRests(tier: Tier, { store, planOf, clock }: NativeKeyTending): Promise<number> {
  const rested = await store.list('resting', tier, restedBefore(planOf.get(tier)?.quota ?? 'NONE', clock()), most);
  let freed = 0;
  for (const { value } of rested) if (await store.free(value, clock())) freed += 1;
  return freed;
}

/** What a crash left of native keys that were being made. */
async function finishBegun(tending: NativeKeyTending): Promise<Making> {
  for (const tier of tiers) {
    for (const begun of await tending.store.list('making', tier, tending.clock() - makingPatience, most)) {
      const outcome = await make(begun, tending);
      if (outcome === 'region-full' || outcome === 'slowed-down') return outcome;
    }
  }
  return 'made';
}

async function makeMore(free: Map<Tier, number>, total: number, tending: NativeKeyTending): Promise<{ readonly created: number; readonly stoppedBy?: Making }> {
  let created = 0;
  while (created < mostCreated) {
    const tier = nextTier(free, { total: total + created, poolSize: tending.poolSize });
    if (tier === undefined) break;
    const value = newNativeKey(tier);
    await tending.store.begin(value, tending.clock());
    const outcome = await make({ value, nativeId: undefined, keyId: undefined }, tending);
    if (outcome !== 'made') return { created, stoppedBy: outcome };
    created += 1;
    free.set(tier, (free.get(tier) ?? 0) + 1);
    await tending.pause(pauseMilliseconds);
  }
  return { created };
}

type Making = 'made' | 'abandoned' | 'region-full' | 'slowed-down';

/** Makes one that was begun, from wherever it stopped. */
async function make({ value, nativeId }: PooledKey, { store, plans, planOf, namePrefix, clock }: NativeKeyTending): Promise<Making> {
  const tier = tierOf(value);
  const planId = planOf.get(tier)?.planId;
  if (planId === undefined) throw new Error(`There is no usage plan ${tier}`);
  let id = nativeId;
  if (id === undefined) {
    const created = await plans.createKey(value, `${namePrefix} leased ${tier}`);
    if (created.kind === 'taken') {
      // It was made by a run that ended before it could note the id, and is on no plan: nobody will ever use it.
      await store.abandon(value);
      return 'abandoned';
    }
    if (created.kind !== 'made') {
      await store.abandon(value);
      return created.kind;
    }
    id = created.value;
    await store.noteId(value, id);
  }
  const added = await plans.addToPlan(planId, id);
  // Taken: it is on the plan already.
  if (added.kind === 'region-full' || added.kind === 'slowed-down') return added.kind;
  await store.finish(value, clock() + settlingMilliseconds);
  return 'made';
}
