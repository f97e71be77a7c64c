/** After the chaos: the sweeper, an administrator who asks and settles, and time, until every fax is where it can get by itself. */
import { ScanCommand, UpdateItemCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
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
}

/** Nothing has changed for so long, and nothing is due: whatever is open now stays open. */
const stillFor = 25_000;
const longest = 180_000;

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
export async function settleAll({ cloud, template, admin, arrived }: Aftermath): Promise<{ readonly jobs: readonly Job[]; readonly settledByPerson: number }> {
  const asked = new Map<string, number>();
  const moved = new Map<string, number>();
  let settledByPerson = 0;
  let lastMove = Date.now();
  const end = Date.now() + longest;
  for (;;) {
    const jobs = await readJobs(cloud);
    const now = Date.now();
    for (const { id, revision } of jobs) {
      if (moved.get(id) !== revision) lastMove = now;
      moved.set(id, revision);
    }
    const open = jobs.filter((job) => !(isSettled(job) || isAsked(job, asked, now)));
    const waits = open.some((job) => job.state === 'queued' && (job.notBefore ?? 0) > now);
    if (open.length === 0 || now > end || (now - lastMove > stillFor && !waits)) return { jobs, settledByPerson };
    await Promise.all(open.filter((job) => job.state === 'in_progress' || job.state === 'uncertain').slice(0, 40).map(async (job) => {
      if (now - (asked.get(job.id) ?? 0) < 5_000) return;
      const { status } = await call(cloud.gatewayUrl, 'POST', `/admin/fax-jobs/${job.id}/refresh`, { key: admin });
      if (status === 200) asked.set(job.id, Date.now());
    }));
    settledByPerson += await freeLines(jobs);
    await turnClockForward(open);
    await sweepNow(cloud, template);
    await pause(500);
  }

  /** The sweeper leaves a job to its message for a minute, and one that it nudged for two: that time is taken for over. */
  async function turnClockForward(jobs: readonly Job[]): Promise<void> {
    const due = jobs.filter((job) => job.dueAt !== undefined && job.dueAt > 1 && !((job.state === 'queued' ? (job.notBefore ?? 0) : 0) > Date.now()));
    await Promise.all(due.map(({ id, dueAt, revision }) =>
      cloud.clients.dynamodb.send(new UpdateItemCommand({
        TableName: physicalId(cloud, /^FaxesTable/),
        Key: { id: { S: id } },
        UpdateExpression: 'SET dueAt = :long_ago',
        ConditionExpression: 'dueAt = :due AND revision = :revision',
        ExpressionAttributeValues: { ':long_ago': { N: '1' }, ':due': { N: String(dueAt) }, ':revision': { N: String(revision) } },
      })).catch(() => undefined),
    ));
  }

  /** An uncertain fax of which the provider knows nothing holds its number's line for 15 minutes: for those who wait, a person settles it. */
  async function freeLines(jobs: readonly Job[]): Promise<number> {
    const waited = new Set(jobs.filter((job) => job.state === 'queued').map(({ to }) => to));
    const holders = jobs.filter((job) => job.state === 'uncertain' && waited.has(job.to) && asked.has(job.id) && sidOf(job) === undefined);
    const answers = await Promise.all(holders.map((job) => {
      const outcome = arrived(job.attempts.at(-1)?.id ?? '') ? 'delivered' : 'not_delivered';
      return call(cloud.gatewayUrl, 'POST', `/admin/fax-jobs/${job.id}/resolve`, { key: admin, json: { outcome, note: 'The receiver was asked' } });
    }));
    return answers.filter(({ status }) => status === 200).length;
  }
}

/** Uncertain, and the provider was asked after the chaos: more can not be known today. */
function isAsked(job: Job, asked: ReadonlyMap<string, number>, now: number): boolean {
  return job.state === 'uncertain' && asked.has(job.id) && (job.reconcileAt === undefined || job.reconcileAt > now) && job.outbox.length === 0;
}

function sidOf(job: Job): string | undefined {
  const attempt = job.attempts.at(-1);
  return attempt === undefined ? undefined : sidOfAttempt(attempt);
}
