/** After the chaos: the sweeper, an administrator who asks and settles, and time, until every fax is where it can get by itself. */
import { ConditionalCheckFailedException, ScanCommand, UpdateItemCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { isJobId } from '../../lambdas/contract/identifiers.js';
import { fromItem } from '../../lambdas/faxes/job-item.js';
import { sidOfAttempt, type Job } from '../../lambdas/faxes/job.js';
import { isSettled } from '../../lambdas/faxes/transitions.js';
import { call } from '../e2e/gateway-client.js';
import { physicalId } from '../e2e/left-work.js';
import type { RunningLocalCloud } from '../e2e/local-cloud.js';
import { sweepNow, type Template } from '../e2e/stack-resources.js';

export interface Aftermath {
  readonly cloud: RunningLocalCloud;
  readonly template: Template;
  readonly admin: string;
  /** True where a provider took a fax of this attempt, and it arrived: what a person would hear who calls the receiver. */
  readonly arrived: (attemptId: string) => boolean;
  /** At most so long. */
  readonly seconds: number;
}

/** Nothing has changed for so long, and nothing is due: whatever is open now stays open. */
const stillFor = 25_000;
const askedAgainAfter = 5_000;
const askedAtOnce = 40;
const turnedAtOnce = 200;

/** All jobs, as they stand in the table. */
export async function readJobs(cloud: RunningLocalCloud): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page: ScanCommandOutput = await cloud.clients.dynamodb.send(new ScanCommand({ TableName: physicalId(cloud, /^FaxesTable/), ConsistentRead: true, ExclusiveStartKey: start }));
    for (const item of page.Items ?? []) if (isJobId(item['id']?.S ?? '')) jobs.push(fromItem(unmarshall(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return jobs;
}

/** Resolves when all are settled, or uncertain and asked for; or when nothing moves any more. */
export async function settleAll({ cloud, template, admin, arrived, seconds }: Aftermath): Promise<{ readonly jobs: readonly Job[]; readonly settledByPerson: number }> {
  const asked = new Map<string, number>();
  const turned = new Map<string, number>();
  const moved = new Map<string, number>();
  let settledByPerson = 0;
  let lastMove = Date.now();
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const jobs = await readJobs(cloud);
    const now = Date.now();
    for (const { id, revision } of jobs) {
      if (moved.get(id) !== revision) lastMove = now;
      moved.set(id, revision);
    }
    const open = jobs.filter((job) => !(isSettled(job) || isAsked(job, asked, now)));
    const waits = open.some((job) => isWaiting(job, now));
    if (open.length === 0 || now > end || (now - lastMove > stillFor && !waits)) return { jobs, settledByPerson };
    await Promise.all(open.filter((job) => now - (asked.get(job.id) ?? 0) > askedAgainAfter).slice(0, askedAtOnce).map(ask));
    settledByPerson += await freeLines(jobs);
    await turnClockForward(open, now);
    await sweepNow(cloud, template);
    await pause(200);
  }

  async function ask({ id, state }: Job): Promise<void> {
    if (state !== 'in_progress' && state !== 'uncertain') return;
    const { status } = await call(cloud.gatewayUrl, 'POST', `/admin/fax-jobs/${id}/refresh`, { key: admin });
    if (status === 200) asked.set(id, Date.now());
  }

  /** The sweeper leaves a job to its message for a minute, and one that it nudged for two: that time is taken for over. */
  async function turnClockForward(jobs: readonly Job[], now: number): Promise<void> {
    const later = jobs.filter((job) => job.dueAt !== undefined && job.dueAt > 1 && !isWaiting(job, now) && now - (turned.get(job.id) ?? 0) > askedAgainAfter).slice(0, turnedAtOnce);
    for (const { id } of later) turned.set(id, now);
    await Promise.all(
      later.map(({ id, dueAt, revision }) =>
        conditional(
          new UpdateItemCommand({
            TableName: physicalId(cloud, /^FaxesTable/),
            Key: { id: { S: id } },
            UpdateExpression: 'SET dueAt = :long_ago',
            ConditionExpression: 'dueAt = :due AND revision = :revision',
            ExpressionAttributeValues: { ':long_ago': { N: '1' }, ':due': { N: String(dueAt) }, ':revision': { N: String(revision) } },
          }),
        ),
      ),
    );
  }

  /** A job that has moved on meanwhile is left alone. */
  async function conditional(update: UpdateItemCommand): Promise<void> {
    try {
      await cloud.clients.dynamodb.send(update);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** An uncertain fax of which the provider knows nothing holds its number's line for 15 minutes: for those who wait, a person settles it. */
  async function freeLines(jobs: readonly Job[]): Promise<number> {
    const waited = new Set(jobs.filter((job) => job.state === 'queued').map(({ to }) => to));
    const holders = jobs.filter((job) => job.state === 'uncertain' && waited.has(job.to) && asked.has(job.id) && sidOf(job) === undefined);
    const answers = await Promise.all(
      holders.map((job) => {
        const outcome = arrived(job.attempts.at(-1)?.id ?? '') ? 'delivered' : 'not_delivered';
        return call(cloud.gatewayUrl, 'POST', `/admin/fax-jobs/${job.id}/resolve`, { key: admin, json: { outcome, note: 'The receiver was asked' } });
      }),
    );
    return answers.filter(({ status }) => status === 200).length;
  }
}

/** It is to be dialled again later, or its line is taken. */
function isWaiting(job: Job, now: number): boolean {
  return job.state === 'queued' && (job.notBefore ?? 0) > now;
}

/** Uncertain, and the provider was asked after the chaos: more can not be known today. */
function isAsked(job: Job, asked: ReadonlyMap<string, number>, now: number): boolean {
  return job.state === 'uncertain' && asked.has(job.id) && (job.reconcileAt === undefined || job.reconcileAt > now) && job.outbox.length === 0;
}

function sidOf(job: Job): string | undefined {
  const attempt = job.attempts.at(-1);
  return attempt === undefined ? undefined : sidOfAttempt(attempt);
}
