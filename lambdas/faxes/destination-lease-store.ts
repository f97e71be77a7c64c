/** The leases of destinations, as items of the faxes table. */
import * as z from 'zod/mini';
import { isAttemptId, isJobId, type AttemptId, type JobId } from '../contract/identifiers.js';
import { conditionHeld, getItem, putItem } from '../platform/dynamodb.js';
import type { DestinationLease } from './destination-lease.js';

export interface DestinationLeaseStore {
  find(id: string): Promise<DestinationLease | undefined>;
  /** Writes the lease where there is none, or in place of `stale`. False when somebody else wrote one in the meantime. */
  take(lease: DestinationLease, stale: DestinationLease | undefined): Promise<boolean>;
}

/** Long after any call. */
const keptSeconds = 86_400;

const leaseItem: z.ZodMiniType<DestinationLease> = z.object({
  id: z.string(),
  jobId: z.custom<JobId>((value) => typeof value === 'string' && isJobId(value)),
  attemptId: z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value)),
  takenAt: z.number(),
});

export function dynamoDestinationLeaseStore(tableName: string): DestinationLeaseStore {
  return {
    async find(id) {
      const item = await getItem(tableName, { id });
      return item === undefined ? undefined : leaseItem.parse(item);
    },

    take: (lease, stale) =>
      conditionHeld(
        putItem({
          TableName: tableName,
          Item: { ...lease, v: 1, forgetAt: Math.floor(lease.takenAt / 1000) + keptSeconds },
          ...(stale === undefined
            ? { ConditionExpression: 'attribute_not_exists(id)' }
            : {
                ConditionExpression: 'attemptId = :attemptId AND takenAt = :takenAt',
                ExpressionAttributeValues: { ':attemptId': stale.attemptId, ':takenAt': stale.takenAt },
              }),
        }),
      ),
  };
}
