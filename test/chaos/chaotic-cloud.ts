/** The real local cloud, in which calls of functions fail, functions and the whole stack are killed, and messages come as they like. */
import { rmSync } from 'node:fs';
import { startLocalCloud, type FaultReport, type FaultRule, type RunningLocalCloud } from '../e2e/local-cloud.js';

export interface ChaoticCloud {
  /** The cloud that runs now; waits while it is being started again. */
  running(): Promise<RunningLocalCloud>;
  /** Faults from now on. */
  unleash(): Promise<void>;
  /** kill -9 of everything, and a start on the same state, without faults at first. */
  killAndRestart(): Promise<void>;
  /** No more faults from now on. */
  calm(): Promise<void>;
  /** What has been done to it so far. */
  figures(): Promise<CloudFigures>;
  stop(): Promise<void>;
}

export interface CloudFigures {
  readonly stackKills: number;
  readonly functionKills: number;
  readonly failedCalls: number;
  readonly cutCalls: number;
  readonly delayedCalls: number;
  readonly duplicatedMessages: number;
  readonly reorderedMessages: number;
  readonly delayedMessages: number;
}

export interface ChaoticCloudOptions {
  readonly assembly: string;
  readonly apiKey: string;
  readonly seed: number;
  /** The chance of each message to be delivered twice. */
  readonly duplicates: number;
}

/** Each effect with its chance at each call of each function. */
const rules: readonly Omit<FaultRule, 'function' | 'seed'>[] = [
  { when: 'before', action: '*', rate: 0.001, effect: 'kill-function' },
  { when: 'after', action: '*', rate: 0.001, effect: 'kill-function' },
  { when: 'before', action: 'dynamodb:*', rate: 0.01, effect: 'error', code: 'ProvisionedThroughputExceededException', status: 400 },
  { when: 'after', action: 'dynamodb:*', rate: 0.003, effect: 'drop-connection' },
  { when: 'before', action: 'dynamodb:*', rate: 0.003, effect: 'error', code: 'AccessDeniedException', status: 400 },
  { when: 'before', action: 's3:*', rate: 0.02, effect: 'error', code: 'SlowDown', status: 503 },
  { when: 'before', action: 'sqs:*', rate: 0.03, effect: 'error', code: 'AccessDenied', status: 403 },
  { when: 'after', action: 'sqs:*', rate: 0.01, effect: 'drop-connection' },
  { when: 'before', action: 'logs:*', rate: 0.02, effect: 'error', code: 'ThrottlingException', status: 400 },
  { when: 'after', action: 'dynamodb:*', rate: 0.005, effect: 'delay', milliseconds: 400 },
];

export async function startChaoticCloud({ assembly, apiKey, seed, duplicates }: ChaoticCloudOptions): Promise<ChaoticCloud> {
  let cloud = startLocalCloud({ assembly, apiKey, faults: true });
  const { state } = await cloud;
  let calm = true;
  let earlier: CloudFigures = { stackKills: 0, functionKills: 0, failedCalls: 0, cutCalls: 0, delayedCalls: 0, duplicatedMessages: 0, reorderedMessages: 0, delayedMessages: 0 };

  async function figures(): Promise<CloudFigures> {
    return calm ? earlier : added(earlier, figuresOf(await (await cloud).faultReport()));
  }

  return {
    running: () => cloud,
    async unleash() {
      const running = await cloud;
      const round = seed + 100 * earlier.stackKills;
      await running.injectFault({ delivery: { duplicate: duplicates, reorder: 0.2, delay: 0.05, delayMilliseconds: 3_000, seed: round } });
      for (const [index, rule] of rules.entries()) await running.injectFault({ ...rule, function: '*', seed: round + index });
      calm = false;
    },
    async killAndRestart() {
      const running = await cloud;
      earlier = added(await figures(), { stackKills: 1 });
      calm = true;
      cloud = running.kill().then(() => startLocalCloud({ assembly, apiKey, faults: true, state }));
      await cloud;
    },
    async calm() {
      earlier = await figures();
      calm = true;
      await (await cloud).clearFaults();
    },
    figures,
    async stop() {
      await (await cloud).stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function figuresOf({ rules: ordered, delivery }: FaultReport): Partial<CloudFigures> {
  const times = (effect: string): number => ordered.filter((rule) => rule.effect === effect).reduce((sum, rule) => sum + rule.times, 0);
  return {
    functionKills: times('kill-function'),
    failedCalls: times('error'),
    cutCalls: times('drop-connection'),
    delayedCalls: times('delay'),
    duplicatedMessages: delivery.duplicated,
    reorderedMessages: delivery.reordered,
    delayedMessages: delivery.delayed,
  };
}

function added(one: CloudFigures, other: Partial<CloudFigures>): CloudFigures {
  return {
    stackKills: one.stackKills + (other.stackKills ?? 0),
    functionKills: one.functionKills + (other.functionKills ?? 0),
    failedCalls: one.failedCalls + (other.failedCalls ?? 0),
    cutCalls: one.cutCalls + (other.cutCalls ?? 0),
    delayedCalls: one.delayedCalls + (other.delayedCalls ?? 0),
    duplicatedMessages: one.duplicatedMessages + (other.duplicatedMessages ?? 0),
    reorderedMessages: one.reorderedMessages + (other.reorderedMessages ?? 0),
    delayedMessages: one.delayedMessages + (other.delayedMessages ?? 0),
  };
}
