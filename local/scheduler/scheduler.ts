/** EventBridge Scheduler's schedules and EventBridge's scheduled rules: functions that run by the clock. */
import { randomUUID } from 'node:crypto';
import type { FunctionInvoker, Invoker } from '../cloud/function-invoker.js';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { resourceType } from '../cloud/resource.js';
import type { Delivery, DeliveryContext } from './delivery.js';
import { retryPolicyOf, ruleProperties, scheduleGroupProperties, scheduleProperties, type RuleProperties, type ScheduleProperties } from './properties.js';
import { runSchedule, type RunningSchedule } from './run-schedule.js';
import { parseScheduleExpression } from './schedule-expression.js';
import { ruleEvent, scheduleEvent, withContextAttributes, type ScheduledTime } from './scheduled-event.js';
import { systemTimers, type Timers } from './timers.js';

export interface SchedulerDependencies extends ModuleDependencies {
  readonly functions: FunctionInvoker;
  readonly timers?: Timers;
  /** 0 to 1, for flexible windows. */
  readonly random?: () => number;
  /** Hears of failed invocations, which on AWS only a metric shows. */
  readonly report?: (problem: string) => void;
}

const tags = 'Tags label resources for billing and search.';
const description = 'Text for people.';
const utc = 'UTC';

/** Schedules for the local cloud. They begin with `start`; what is due while the cloud is down is not made up for. */
export function createScheduler(dependencies: SchedulerDependencies): CloudModule {
  const { identity, timers = systemTimers, random = Math.random } = dependencies;
  const { accountId, region } = identity;
  const closing = new AbortController();
  const context: DeliveryContext = {
    functions: dependencies.functions,
    timers,
    report: dependencies.report ?? ((problem) => { console.error(`scheduler: ${problem}`); }),
    waits: new Set(),
    closing: closing.signal,
  };
  const groups = new Set(['default']);
  /** Made into running schedules at the start, when rates begin to count. */
  const planned = new Map<string, (startedAt: number) => readonly RunningSchedule[]>();
  let stops: (() => void)[] = [];

  /** A rate or time that can't be read stops the start; so does an at(...) without its time zone. */
  function plan(arn: string, enabled: boolean, schedulesAt: (startedAt: number) => readonly RunningSchedule[]): void {
    schedulesAt(timers.now());
    if (enabled) planned.set(arn, schedulesAt);
  }

  const scheduleArn = (kind: string, path: string): string => `arn:aws:scheduler:${region}:${accountId}:${kind}/${path}`;

  function planSchedule(arn: string, groupArn: string, properties: ScheduleProperties): void {
    const { Target: target, FlexibleTimeWindow: window, StartDate, EndDate } = properties;
    // Trust policies name the group. https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    const invoker: Invoker = { kind: 'role', roleArn: target.RoleArn, sourceArn: groupArn };
    plan(arn, properties.State !== 'DISABLED', (startedAt) => {
      const schedule = parseScheduleExpression(properties.ScheduleExpression, {
        anchor: StartDate === undefined ? startedAt : Date.parse(StartDate),
        timeZone: properties.ScheduleExpressionTimezone ?? utc,
        dueAtAnchor: true,
      });
      const bounded = schedule.kind !== 'at';
      return [
        {
          schedule,
          from: bounded && StartDate !== undefined ? Date.parse(StartDate) : startedAt,
          until: bounded && EndDate !== undefined ? Date.parse(EndDate) : Infinity,
          flexibleWindow: window.Mode === 'OFF' ? 0 : window.MaximumWindowInMinutes * 60_000,
          delivery: delivery(arn, target.Arn, invoker, target.RetryPolicy, (due) =>
            target.Input === undefined ? scheduleEvent(identity, due) : withContextAttributes(target.Input, due),
          ),
        },
      ];
    });
  }

  function planRule(arn: string, properties: RuleProperties): void {
    const invoker: Invoker = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: arn };
    if (properties.ScheduleExpression.startsWith('at(')) throw new Error('A rule has no at(...); a schedule has.');
    plan(arn, properties.State !== 'DISABLED', (startedAt) =>
      properties.Targets.map((target) => ({
        schedule: parseScheduleExpression(properties.ScheduleExpression, { anchor: startedAt, timeZone: utc, dueAtAnchor: false }),
        from: startedAt,
        until: Infinity,
        flexibleWindow: 0,
        delivery: delivery(arn, target.Arn, invoker, target.RetryPolicy, (due) => target.Input ?? ruleEvent(identity, due)),
      })),
    );
  }

  const schedule = resourceType({
    type: 'AWS::Scheduler::Schedule',
    properties: scheduleProperties,
    inert: { Description: description, KmsKeyArn: 'Nothing is encrypted at rest on this machine.' },
    async create({ generatedName, properties }) {
      const name = properties.Name ?? generatedName.slice(0, 64);
      const group = properties.GroupName ?? 'default';
      if (!groups.has(group)) throw new Error(`GroupName ${group} is no schedule group of this template.`);
      const arn = scheduleArn('schedule', `${group}/${name}`);
      planSchedule(arn, scheduleArn('schedule-group', group), properties);
      return { ref: name, attributes: { Arn: arn } };
    },
  });

  const scheduleGroup = resourceType({
    type: 'AWS::Scheduler::ScheduleGroup',
    properties: scheduleGroupProperties,
    inert: { Tags: tags },
    async create({ generatedName, properties }) {
      const name = properties.Name ?? generatedName.slice(0, 64);
      groups.add(name);
      return { ref: name, attributes: { Arn: scheduleArn('schedule-group', name), State: 'ACTIVE' } };
    },
  });

  const rule = resourceType({
    type: 'AWS::Events::Rule',
    properties: ruleProperties,
    inert: { Description: description, Tags: tags },
    async create({ generatedName, properties }) {
      const name = properties.Name ?? generatedName.slice(0, 64);
      const arn = `arn:aws:events:${region}:${accountId}:rule/${name}`;
      planRule(arn, properties);
      return { ref: name, attributes: { Arn: arn } };
    },
  });

  return {
    services: [],
    resourceTypes: [schedule, scheduleGroup, rule],
    async start() {
      const startedAt = timers.now();
      stops = [...planned.values()].flatMap((schedulesAt) => schedulesAt(startedAt)).map((running) => runSchedule(running, context, startedAt, random));
    },
    async close() {
      closing.abort();
      for (const stop of [...stops, ...context.waits]) stop();
      context.waits.clear();
    },
  };
}

function delivery(
  arn: string,
  functionArn: string,
  invoker: Invoker,
  policy: Parameters<typeof retryPolicyOf>[0],
  event: (due: ScheduledTime) => string,
): (time: number) => Delivery {
  return (time) => {
    const executionId = randomUUID();
    return { functionArn, invoker, retryPolicy: retryPolicyOf(policy), payload: (attempt) => event({ arn, time, executionId, attempt }) };
  };
}
