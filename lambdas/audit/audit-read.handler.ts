/** Serves the audit trail to administrators. */
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment } from '../platform/environment.js';
import { dynamoChainStore } from './chain-store.js';
import { readLog } from './read-log.js';

const environment = readEnvironment('audit-read');
const chain = dynamoChainStore(environment.AUDIT_TABLE);

export const handler = apiHandler<'audit-read'>(
  { readAuditLog: async ({ query }) => ({ status: 200, body: await readLog(query, chain) }) },
  keyGate(environment),
);
