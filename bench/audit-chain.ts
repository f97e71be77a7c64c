/** The audit chain under contention: how many appends a second one, five and ten writers make, in the tables of a local cloud. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { linkAppender } from '../lambdas/audit/append-link.js';
import { dynamoChainStore, type ChainStore } from '../lambdas/audit/chain-store.js';
import { startLocalCloud } from '../test/e2e/local-cloud.js';
import { benchAssembly } from './bench-assembly.js';
import { atLeast, type Bench, type Measurement } from './measurement.js';
import { median, quantile } from './statistics.js';

const secondsOfRound = 4;
const writers = [1, 5, 10];
/** On this machine the table is near; on AWS an answer takes some milliseconds, in which others may be faster. */
const distances = [0, 5];
/** Of the size that most events have. */
const event = JSON.stringify({ v: 1, event: 'api_key_rotated', padding: 'x'.repeat(500) });

export const auditChainBench: Bench = {
  name: 'audit-chain',
  about: `${writers.join(', ')} writers append to the chain of a local cloud, near and ${distances.at(-1) ?? 0} ms away, for ${secondsOfRound} s each`,
  async measure() {
    const { directory } = await benchAssembly();
    const cloud = await startLocalCloud({ assembly: directory });
    Object.assign(process.env, { AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
    try {
      const store = dynamoChainStore(cloud.outputs['AuditTableName'] ?? '');
      await round(store, 1, 0);
      const rows: Measurement[] = [];
      for (const distance of distances) {
        let alone: number | undefined;
        for (const count of writers) {
          const { perSecond, puts, p50, p99 } = await round(at(distance, store), count, distance);
          alone ??= perSecond;
          const who = `${count === 1 ? 'one writer' : `${count} writers`}, ${distance} ms away`;
          rows.push(
            { what: `${who}: appends, times those of one`, value: perSecond / alone, unit: 'x', remark: `${Math.round(perSecond)}/s together`, ...(count === 1 ? {} : { target: atLeast(0.3) }) },
            { what: `${who}: puts for an append`, value: puts, unit: '' },
            { what: `${who}: p50`, value: p50, unit: 'ms' },
            { what: `${who}: p99`, value: p99, unit: 'ms' },
          );
        }
      }
      return rows;
    } finally {
      await cloud.stop();
    }
  },
};

/** The same table, with a way there and back. */
function at(distance: number, store: ChainStore): ChainStore {
  const there = async (): Promise<unknown> => pause(distance / 2);
  const andBack = async <T>(answer: T): Promise<T> => (await pause(distance / 2), answer);
  if (distance === 0) return store;
  return {
    forward: (after, limit) => store.forward(after, limit),
    append: async (link) => there().then(() => store.append(link)).then(andBack),
    backward: async (before, limit) => there().then(() => store.backward(before, limit)).then(andBack),
  };
}

interface Round {
  readonly perSecond: number;
  readonly puts: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Writers that know nothing of each other, each with one append under way and then one call to the log, as execution environments have. */
async function round(store: ChainStore, count: number, distance: number): Promise<Round> {
  let puts = 0;
  const counted: ChainStore = {
    ...store,
    append: (link) => {
      puts += 1;
      return store.append(link);
    },
  };
  const times: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + secondsOfRound * 1000;
  await Promise.all(
    Array.from({ length: count }, async () => {
      const append = linkAppender(counted);
      while (performance.now() < until) {
        const before = performance.now();
        await append([event]);
        times.push(performance.now() - before);
        await pause(distance);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: times.length / seconds, puts: puts / times.length, p50: median(times), p99: quantile(times, 0.99) };
}
