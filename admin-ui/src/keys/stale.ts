/** What must be read again after any change of a key. */
import type { OperationId } from '../../../lambdas/contract/operations.js';

export const staleAfterKeyChange: readonly OperationId[] = ['listApiKeys', 'getApiKey', 'readAuditLog', 'listAuthEvents'];
