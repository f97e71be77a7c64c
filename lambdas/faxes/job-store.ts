/** The faxes table: the only file that talks to it. */
import { isJobId, type JobId } from '../contract/identifiers.js';
import { conditionHeld, getItem, putItem, queryPage, updateItem, type Attributes, type Page } from '../platform/dynamodb.js';
import { fromItem, monthOf, toItem } from './job-item.js';
import type { Job, JobState } from './job.js';

export interface JobFilter {
  readonly states: readonly JobState[] | undefined;
  readonly backend: string | undefined;
}

export interface JobPage {
  /** How many jobs match, counted up to `countLimit`. */
  readonly total: number;
  readonly jobs: readonly Job[];
}

/** A listing counts no further than this: beyond it, `total` says "at least". */
export const countLimit = 10_000;

export interface JobStore {
  find(id: JobId): Promise<Job | undefined>;
  /** False when a job of this id exists. */
  create(job: Job): Promise<boolean>;
  /** Writes the next revision of a job. False when somebody else wrote one in the meantime. */
  replace(next: Job): Promise<boolean>;
  /** Jobs that match, newest first, back to `since` (epoch milliseconds). */
  list(filter: JobFilter, page: { readonly offset: number; readonly limit: number; readonly since: number; readonly now: number }): Promise<JobPage>;
  /** The ids of jobs that somebody has to look at, the longest due first. */
  due(now: number, limit: number): Promise<{ readonly id: JobId; readonly dueAt: number }[]>;
  /** Puts a due time off. False when the job has moved on since. */
  postpone(id: JobId, from: number, to: number): Promise<boolean>;
}

export function dynamoJobStore(tableName: string): JobStore {
  async function queryMonth(month: string, { states, backend }: JobFilter, start: Attributes | undefined): Promise<Page> {
    const conditions: string[] = [];
    const values: Record<string, unknown> = { ':month': month };
    if (states !== undefined) {
      states.forEach((state, index) => (values[`:state${index}`] = state));
      conditions.push(`#state IN (${states.map((_, index) => `:state${index}`).join(', ')})`);
    }
    if (backend !== undefined) {
      values[':backend'] = backend;
      conditions.push('backend = :backend');
    }
    return queryPage({
      TableName: tableName,
      IndexName: 'listing',
      KeyConditionExpression: 'listMonth = :month',
      ...(conditions.length === 0 ? {} : { FilterExpression: conditions.join(' AND ') }),
      ...(states === undefined ? {} : { ExpressionAttributeNames: { '#state': 'state' } }),
      ExpressionAttributeValues: values,
      ScanIndexForward: false,
      ExclusiveStartKey: start,
    });
  }

  return {
    async find(id) {
      const item = await getItem(tableName, { id });
      return item === undefined ? undefined : fromItem(item);
    },

    create: (job) => conditionHeld(putItem({ TableName: tableName, Item: toItem(job), ConditionExpression: 'attribute_not_exists(id)' })),

    replace: (next) =>
      conditionHeld(
        putItem({
          TableName: tableName,
          Item: toItem(next),
          ConditionExpression: 'revision = :previous',
          ExpressionAttributeValues: { ':previous': next.revision - 1 },
        }),
      ),

    async list(filter, { offset, limit, since, now }) {
      const jobs: Job[] = [];
      let total = 0;
      for (const month of monthsBack(now, since)) {
        let start: Attributes | undefined;
        do {
          const page = await queryMonth(month, filter, start);
          for (const item of page.items) {
            if (total >= offset && jobs.length < limit) jobs.push(fromItem(item));
            total += 1;
          }
          start = page.lastKey;
        } while (start !== undefined && total < countLimit);
        if (total >= countLimit) break;
      }
      return { total, jobs };
    },

    async due(now, limit) {
      const { items } = await queryPage({
        TableName: tableName,
        IndexName: 'due',
        KeyConditionExpression: 'due = :due AND dueAt <= :now',
        ExpressionAttributeValues: { ':due': 'due', ':now': now },
        Limit: limit,
      });
      return items.flatMap(({ id, dueAt }) => (typeof id === 'string' && isJobId(id) && typeof dueAt === 'number' ? [{ id, dueAt }] : []));
    },

    postpone: (id, from, to) =>
      conditionHeld(
        updateItem({
          TableName: tableName,
          Key: { id },
          UpdateExpression: 'SET dueAt = :to',
          ConditionExpression: 'dueAt = :from',
          ExpressionAttributeValues: { ':from': from, ':to': to },
        }),
      ),
  };
}

/** The months from now back to `since`: `2026-11`, `2026-10`, … */
function monthsBack(now: number, since: number): string[] {
  const months: string[] = [];
  const cursor = new Date(now);
  cursor.setUTCDate(1);
  cursor.setUTCHours(0, 0, 0, 0);
  for (; months.length === 0 || cursor.getTime() + 31 * 86_400_000 > since; cursor.setUTCMonth(cursor.getUTCMonth() - 1)) {
    months.push(monthOf(cursor.getTime()));
  }
  return months;
}
