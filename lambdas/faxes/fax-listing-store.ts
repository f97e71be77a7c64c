/** The owner's listing index of the faxes table. */
import type { Owner } from '../contract/identifiers.js';
import { queryPage } from '../platform/dynamodb.js';
import { fromItem, ownerMonthOf } from './job-item.js';
import { filterExpressions, type JobFilter } from './job-filter.js';
import type { Job } from './job.js';
import { placeOf, type ListPlace } from './list-place.js';

export interface MonthQuery {
  readonly owner: Owner;
  /** `2026-11` */
  readonly month: string;
  /** The first and the last moment of acceptance, in epoch milliseconds. */
  readonly since: number;
  readonly until: number;
  /** The fax after which it goes on. */
  readonly after: ListPlace | undefined;
  readonly filter: JobFilter;
  /** So many faxes are looked at. */
  readonly looks: number;
}

export interface MonthPage {
  readonly jobs: readonly Job[];
  readonly looked: number;
  /** The last fax that was looked at, where the month may have more. */
  readonly endedAt: ListPlace | undefined;
}

export interface FaxListingStore {
  /** Faxes of an owner and a month, newest first. */
  ofMonth(query: MonthQuery): Promise<MonthPage>;
}

export function dynamoFaxListing(tableName: string): FaxListingStore {
  return {
    async ofMonth({ owner, month, since, until, after, filter, looks }) {
      const { names, values } = filterExpressions(filter);
      const ownerMonth = ownerMonthOf(owner, month);
      const page = await queryPage({
        TableName: tableName,
        IndexName: 'owner',
        KeyConditionExpression: 'ownerMonth = :ownerMonth AND createdAt BETWEEN :since AND :until',
        ...names,
        ExpressionAttributeValues: { ...values, ':ownerMonth': ownerMonth, ':since': since, ':until': until },
        ScanIndexForward: false,
        Limit: looks,
        ExclusiveStartKey: after === undefined ? undefined : { id: after.id, ownerMonth, createdAt: after.createdAt },
      });
      const jobs = page.items.map(fromItem);
      return { jobs, looked: page.scanned, endedAt: page.lastKey === undefined ? undefined : placeOf(page.lastKey) };
    },
  };
}
