/** The faxes table: the only file that talks to it. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { isJobId, type JobId } from '../contract/identifiers.js';
import { conditionHeld, documentClient } from '../platform/dynamodb.js';
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
  async function queryMonth(month: string, { states, backend }: JobFilter, start: Record<string, unknown> | undefined) {
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
    const input: QueryCommandInput = {
      TableName: tableName,
      IndexName: 'listing',
      KeyConditionExpression: 'listMonth = :month',
      ...(conditions.length === 0 ? {} : { FilterExpression: conditions.join(' AND ') }),
      ...(states === undefined ? {} : { ExpressionAttributeNames: { '#state': 'state' } }),
      ExpressionAttributeValues: values,
      ScanIndexForward: false,
      ExclusiveStartKey: start,
    };
    return documentClient.send(new QueryCommand(input));
  }

  return {
    async find(id) {
      const { Item } = await documentClient.send(new GetCommand({ TableName: tableName, Key: { id }, ConsistentRead: true }));
      return Item === undefined ? undefined : fromItem(Item);
    },

    create: (job) =>
      conditionHeld(documentClient.send(new PutCommand({ TableName: tableName, Item: toItem(job), ConditionExpression: 'attribute_not_exists(id)' }))),

    replace: (next) =>
      conditionHeld(
        documentClient.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(next),
            ConditionExpression: 'revision = :previous',
            ExpressionAttributeValues: { ':previous': next.revision - 1 },
          }),
        ),
      ),

    async list(filter, { offset, limit, since, now }) {
      const jobs: Job[] = [];
      let total = 0;
      for (const month of monthsBack(now, since)) {
        let start: Record<string, unknown> | undefined;
        do {
          const page = await queryMonth(month, filter, start);
          for (const item of page.Items ?? []) {
            if (total >= offset && jobs.length < limit) jobs.push(fromItem(item));
            total += 1;
          }
          start = page.LastEvaluatedKey;
        } while (start !== undefined && total < countLimit);
        if (total >= countLimit) break;
      }
      return { total, jobs };
    },

    async due(now, limit) {
      const { Items = [] } = await documentClient.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'due',
          KeyConditionExpression: 'due = :due AND dueAt <= :now',
          ExpressionAttributeValues: { ':due': 'due', ':now': now },
          Limit: limit,
        }),
      );
      return Items.flatMap(({ id, dueAt }) => (typeof id === 'string' && isJobId(id) && typeof dueAt === 'number' ? [{ id, dueAt }] : []));
    },

    postpone: (id, from, to) =>
      conditionHeld(
        documentClient.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { id },
            UpdateExpression: 'SET dueAt = :to',
            ConditionExpression: 'dueAt = :from',
            ExpressionAttributeValues: { ':from': from, ':to': to },
          }),
        ),
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
