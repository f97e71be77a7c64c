/** What must be read again after a change of the providers. */
import type { OperationId } from '../../../lambdas/contract/operations.js';

export const staleAfterProviderChange: readonly OperationId[] = ['getProviders', 'getReadiness', 'readAuditLog'];
