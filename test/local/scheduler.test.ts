/** Functions that run by the clock: schedules and rules, their invokers, retries and windows. */
import type { FunctionInvoker, InvocationOutcome, Invoker } from '../../local/cloud/function-invoker.js';
import type { CloudModule } from '../../local/cloud/module.js';
import { AwsError } from '../../local/cloud/service.js';
import { createScheduler } from '../../local/scheduler/scheduler.js';
import type { Timers } from '../../local/scheduler/timers.js';
import { identity } from './one-module.js';

const minute = 60_000;
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:sweeper';
const roleArn = 'arn:aws:iam::000000000000:role/scheduler';
const returned: InvocationOutcome = { kind: 'returned', payload: 'null' };

/** A clock that moves when a test says so. */
class Clock implements Timers {
  private time = Date.parse('2026-11-20T10:00:00Z');
  private readonly waiting = new Set<{ readonly at: number; readonly run: () => void }>();

  /** How far the clock runs by itself with each look at it, as a real one does. */
  drift = 0;

  now(): number {
    this.time += this.drift;
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.waiting.add(timer);
    return () => this.waiting.delete(timer);
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await new Promise(setImmediate);
    for (;;) {
      const [next] = [...this.waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.time = next.at;
      this.waiting.delete(next);
      next.run();
      await new Promise(setImmediate);
    }
    this.time = end;
    await new Promise(setImmediate);
  }
}

let clock: Clock;
let invocations: { readonly at: number; readonly payload: unknown; readonly invoker: Invoker }[];
let answer: (attempt: number) => Promise<InvocationOutcome>;
let reports: string[];
let scheduler: CloudModule;
let startedAt: number;
beforeEach(() => {
  clock = new Clock();
  startedAt = clock.now();
  invocations = [];
  reports = [];
  answer = async () => returned;
  const functions: FunctionInvoker = {
    invoke(arn, payload, invoker) {
      expect(arn).toBe(functionArn);
      invocations.push({ at: (clock.now() - startedAt) / minute, payload: JSON.parse(payload), invoker });
      return answer(invocations.length);
    },
  };
  scheduler = createScheduler({
    identity, endpointUrl: '', stateDirectory: '', authorize: () => {}, functions, timers: clock, random: () => 0.5, report: (problem) => reports.push(problem),
  });
});
afterEach(() => scheduler.close());

async function create(type: string, properties: Readonly<Record<string, unknown>>) {
  const found = scheduler.resourceTypes.find((candidate) => candidate.type === type);
  if (found === undefined) throw new Error(type);
  return found.create({ logicalId: 'Sweep', generatedName: 'Test-Sweep', properties });
}
const schedule = (changes: Readonly<Record<string, unknown>> = {}, target: object = {}) =>
  create('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)', ScheduleExpressionTimezone: 'Etc/UTC', State: 'ENABLED', FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: functionArn, RoleArn: roleArn, Input: '{"a":1}', RetryPolicy: { MaximumRetryAttempts: 0 }, ...target }, ...changes,
  });
const rule = (changes: object = {}) =>
  create('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED', Targets: [{ Id: 'Target0', Arn: functionArn }], ...changes });
const times = () => invocations.map(({ at }) => at);

test('a schedule invokes as its role, at the start and then at its rate', async () => {
  expect(await schedule()).toEqual({ ref: 'Test-Sweep', attributes: { Arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Test-Sweep' } });
  await clock.advance(minute);
  expect(invocations).toEqual([]);
  startedAt = clock.now();
  await scheduler.start?.();
  await clock.advance(2.5 * minute);
  expect(times()).toEqual([0, 1, 2]);
  expect(invocations[0]).toMatchObject({ payload: { a: 1 }, invoker: { kind: 'role', roleArn, sourceArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/default' } });
});

test('a rate is due when the stack starts, however long the start takes', async () => {
  await schedule();
  clock.drift = 7;
  await scheduler.start?.();
  clock.drift = 0;
  await clock.advance(0);
  expect(invocations.length).toBe(1);
  await clock.advance(minute);
  expect(invocations.length).toBe(2);
});

test('a rule invokes as the service, first after one period', async () => {
  const { attributes } = await rule();
  await scheduler.start?.();
  await clock.advance(10 * minute);
  expect(times()).toEqual([5, 10]);
  expect(invocations[0]).toMatchObject({
    payload: { source: 'aws.events', 'detail-type': 'Scheduled Event', time: '2026-11-20T10:05:00Z', resources: [attributes['Arn']], detail: {} },
    invoker: { kind: 'service', principal: 'events.amazonaws.com', sourceArn: attributes['Arn'] },
  });
});

test('an input may name the scheduled time and the attempt', async () => {
  await schedule({ ScheduleExpression: 'at(2026-11-20T10:03:00)' }, { Input: '{"at":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>"}' });
  await scheduler.start?.();
  await clock.advance(60 * minute);
  expect(invocations).toMatchObject([{ at: 3, payload: { at: '2026-11-20T10:03:00Z', attempt: '1' } }]);
});

test('without an input the event says which schedule it was', async () => {
  await schedule({}, { Input: undefined });
  await scheduler.start?.();
  await clock.advance(0);
  expect(invocations[0]?.payload).toMatchObject({ source: 'aws.scheduler', resources: ['arn:aws:scheduler:us-east-1:000000000000:schedule/default/Test-Sweep'], detail: '{}' });
});

test('runs are not stacked: what is due during one is left out', async () => {
  let end = (_: InvocationOutcome): void => {};
  answer = (attempt) => (attempt === 1 ? new Promise((resolve) => (end = resolve)) : Promise.resolve(returned));
  await schedule();
  await scheduler.start?.();
  await clock.advance(3.5 * minute);
  expect(times()).toEqual([0]);
  end(returned);
  await clock.advance(minute);
  expect(times()).toEqual([0, 4]);
});

test('a run that ends because the cloud does is no problem to report: Ctrl-C is not a failure', async () => {
  let end = (_: InvocationOutcome): void => {};
  answer = () => new Promise((resolve) => (end = resolve));
  await schedule();
  await scheduler.start?.();
  await clock.advance(0);
  await scheduler.close();
  end({ kind: 'throttled' });
  await clock.advance(60 * minute);
  expect(reports).toEqual([]);
});

test('a function that fails runs twice more, after one and two minutes', async () => {
  answer = async () => ({ kind: 'failed', payload: '{"errorType":"Error"}' });
  await schedule({ ScheduleExpression: 'at(2026-11-20T10:01:00)' });
  await scheduler.start?.();
  await clock.advance(60 * minute);
  expect(times()).toEqual([1, 2, 4]);
  expect(reports.at(-1)).toContain('gives up');
});

test('what can not be handed over is tried again as often as the retry policy says', async () => {
  answer = async () => {
    throw new AwsError('AccessDeniedException', 'no lambda:InvokeFunction', 403);
  };
  await schedule({ ScheduleExpression: 'at(2026-11-20T10:01:00)' }, { RetryPolicy: { MaximumRetryAttempts: 3 } });
  await scheduler.start?.();
  await clock.advance(60 * minute);
  expect(times().map((at) => Math.round((at - 1) * 60))).toEqual([0, 1, 3, 7]);
  expect(reports.at(-1)).toContain('gives up: AccessDeniedException');
});

test('an event that is too old is given up', async () => {
  answer = async () => ({ kind: 'throttled' });
  await schedule({ ScheduleExpression: 'at(2026-11-20T10:01:00)' }, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
  await scheduler.start?.();
  await clock.advance(60 * minute);
  expect(times()).toHaveLength(6); // after 0, 1, 3, 7, 15 and 31 seconds; the next one would come at 63
});

test('a flexible window delays within it', async () => {
  await schedule({ ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 } });
  await scheduler.start?.();
  await clock.advance(70 * minute);
  expect(times()).toEqual([5, 65]);
});

test('a schedule keeps to its dates, and a disabled one does not run', async () => {
  await schedule({ Name: 'bounded', ScheduleExpression: 'rate(1 minute)', StartDate: '2026-11-20T10:02:00Z', EndDate: '2026-11-20T10:03:00Z' });
  await schedule({ Name: 'off', State: 'DISABLED' });
  await rule({ State: 'DISABLED' });
  await scheduler.start?.();
  await clock.advance(60 * minute);
  expect(times()).toEqual([2, 3]);
});

test('after close nothing runs', async () => {
  answer = async () => ({ kind: 'failed', payload: '' });
  await schedule();
  await scheduler.start?.();
  await clock.advance(0);
  await scheduler.close();
  await clock.advance(60 * minute);
  expect(times()).toEqual([0]);
});

test('a schedule may be in a group of the template', async () => {
  await expect(schedule({ GroupName: 'nightly' })).rejects.toThrow('nightly');
  await create('AWS::Scheduler::ScheduleGroup', { Name: 'nightly' });
  expect((await schedule({ GroupName: 'nightly' })).attributes['Arn']).toMatch(/schedule\/nightly\/Test-Sweep$/);
});

test.each([
  ['a dead-letter queue', () => schedule({}, { DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:dead' } })],
  ['a target that is no function', () => schedule({}, { Arn: 'arn:aws:sqs:us-east-1:000000000000:queue' })],
  ['a wrong expression', () => schedule({ ScheduleExpression: 'rate(1 second)' })],
  ['an event pattern', () => rule({ EventPattern: {} })],
  ['an input transformer', () => rule({ Targets: [{ Id: 'a', Arn: functionArn, InputTransformer: {} }] })],
])('%s stops the start', async (_, make) => {
  await expect(make()).rejects.toThrow();
});
