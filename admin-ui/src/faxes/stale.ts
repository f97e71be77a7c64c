/** What must be read again after somebody changed a fax. */
import type { OperationId } from '../../../lambdas/contract/operations.js';

export const staleAfterJobChange: readonly OperationId[] = ['getFaxJob', 'listFaxJobs', 'getFax', 'readAuditLog'];
