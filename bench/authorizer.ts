/** The authorizer's bundle against a stand-in for AWS: its cold start in fresh processes, and its calls when it is warm. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionEnvironment } from '../lambdas/contract/environment.js';
import { createKeyId, createToken } from '../lambdas/keys/token.js';
import { bundleOf } from './bench-assembly.js';
import { benchKey, pepperSecret } from './fixtures.js';
import { startFunction, type CallTime, type Invoked } from './function-process.js';
import { authorizerEvent } from './gateway-events.js';
import { atMost, type Bench, type Measurement } from './measurement.js';
import { standInForAws, summary, type StandIn } from './stand-in-for-aws.js';
import { median, quantile } from './statistics.js';

const environment: FunctionEnvironment<'authorizer'> = {
  AUTH_EVENTS_TABLE: 'auth-events',
  AUTH_EVENT_RETENTION_DAYS: '30',
  KEYS_TABLE: 'keys',
  SESSIONS_TABLE: 'sessions',
  LIMITS_TABLE: 'limits',
  PEPPER_SECRET: 'pepper',
  BOOTSTRAP_SECRET: 'bootstrap',
  ORIGIN_SECRET: 'origin',
  SETTINGS_TABLE: 'settings',
  AUDIT_LOG_GROUP: 'audit',
  STACK_UNIQUE_ID: 'bench',
};
const coldStarts = 15;
const warmCalls = 2_000;

export const authorizerBench: Bench = {
  name: 'authorizer',
  about: `${coldStarts} cold starts and ${warmCalls} warm calls of each kind`,
  async measure() {
    const aws = await standInForAws();
    try {
      const { token, item } = benchKey(Date.now());
      aws.putItem(environment.KEYS_TABLE, 'pk', { ...item });
      aws.putSecret(environment.PEPPER_SECRET, pepperSecret);
      aws.putSecret(environment.BOOTSTRAP_SECRET, 'b'.repeat(43));
      const kilobytes = statSync(join(await bundleOf('authorizer'), 'index.js')).size / 1024;
      return [
        { what: 'bundle', value: kilobytes, unit: 'KB', target: atMost(60) },
        ...(await coldRows(aws, requestWith(token))),
        ...(await warmRows(aws, 'a good key', requestWith(token), { asks: atMost(1), times: true })),
        ...(await warmRows(aws, 'a bad checksum', requestWith(withTypo(token)), { times: false })),
        ...(await warmRows(aws, 'an unknown key', requestWith(createToken(createKeyId())), { times: false })),
      ];
    } finally {
      await aws.close();
    }
  },
};

function requestWith(apiKey: string): object {
  return authorizerEvent({ operation: 'getFax', id: '0'.repeat(32), apiKey });
}

function withTypo(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
}

async function coldRows(aws: StandIn, event: object): Promise<readonly Measurement[]> {
  const inits: CallTime[] = [];
  const firstCalls: CallTime[] = [];
  for (let start = 0; start < coldStarts; start += 1) {
    const authorizer = await startFunction('authorizer', environment, aws.url);
    const { calls } = await authorizer.invoke([event]);
    await authorizer.close();
    inits.push(authorizer.init);
    firstCalls.push(...calls);
  }
  const both = inits.map((init, index) => ({
    milliseconds: init.milliseconds + (firstCalls[index]?.milliseconds ?? 0),
    processorMilliseconds: init.processorMilliseconds + (firstCalls[index]?.processorMilliseconds ?? 0),
  }));
  const remark = (of: readonly CallTime[]): string => `median of ${coldStarts} fresh processes; ${medianOf(of, 'processorMilliseconds').toFixed(1)} ms CPU`;
  return [
    { what: 'cold: module init', value: medianOf(inits, 'milliseconds'), unit: 'ms', target: atMost(10), remark: remark(inits) },
    { what: 'cold: with the first call', value: medianOf(both, 'milliseconds'), unit: 'ms', target: atMost(20), remark: `${remark(both)}; ${summary(aws.takeCalls()).total / coldStarts} AWS calls` },
  ];
}

/** The times of a refusal have no target of their own: it is written to the audit log, and a flood of them is counted. */
async function warmRows(aws: StandIn, what: string, event: object, wanted: { readonly asks?: Measurement['target']; readonly times: boolean }): Promise<readonly Measurement[]> {
  const authorizer = await startFunction('authorizer', environment, aws.url);
  await authorizer.invoke([event], 200);
  aws.takeCalls();
  const invoked = await authorizer.invoke([event], warmCalls);
  const { total, names } = summary(aws.takeCalls());
  await authorizer.close();
  const times = invoked.calls.map(({ milliseconds }) => milliseconds);
  const processor = medianOf(invoked.calls, 'processorMilliseconds');
  return [
    { what: `warm, ${what}: p50`, value: median(times), unit: 'ms', ...(wanted.times ? { target: atMost(0.5) } : {}), remark: `${outcomeOf(invoked)}; ${processor.toFixed(2)} ms CPU` },
    { what: `warm, ${what}: p99`, value: quantile(times, 0.99), unit: 'ms', ...(wanted.times ? { target: atMost(3) } : {}) },
    { what: `warm, ${what}: AWS calls`, value: total / warmCalls, unit: '', ...(wanted.asks === undefined ? {} : { target: wanted.asks }), remark: `${names === '' ? 'none' : names} in ${warmCalls} calls` },
  ];
}

function medianOf(times: readonly CallTime[], member: keyof CallTime): number {
  return median(times.map((time) => time[member]));
}

function outcomeOf({ outcome }: Invoked): string {
  return outcome.error ?? (/"Effect":"(\w+)"/.exec(outcome.answer ?? '')?.[1] ?? 'no answer');
}
