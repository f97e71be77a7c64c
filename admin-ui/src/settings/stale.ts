/** What must be read again after a change of the settings. */
import type { OperationId } from '../../../lambdas/contract/operations.js';

export const staleAfterSettingsChange: readonly OperationId[] = ['getSettings', 'listSettingsVersions', 'getReadiness', 'readAuditLog'];
