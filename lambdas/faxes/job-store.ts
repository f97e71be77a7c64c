/** The faxes table: the only file that talks to it. */
import { isJobId, type JobId } from '../contract/identifiers.js';
import { conditionHeld, getItem, putItem, queryPage, updateItem, type Attributes, type Page } from '../platform/dynamodb.js';
import { fromItem, toItem } from './job-item.js';
import { filterExpressions, type JobFilter } from './job-filter.js';
import type { Job } from './job.js';
import { monthsBack } from './months.js';

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
  function queryMonth(month: string, filter: JobFilter, start: Attributes | undefined): Promise<Page> {
    const { names, values } = filterExpressions(filter);
    return queryPage({
      TableName: tableName,
      IndexName: 'listing',
      KeyConditionExpression: 'listMonth = :month',
      ...names,
      ExpressionAttributeValues: { ...values, ':month': month },
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
