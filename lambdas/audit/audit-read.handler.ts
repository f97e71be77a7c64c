/** Serves the audit trail to administrators: reads it, and verifies its chain. */
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment } from '../platform/environment.js';
import { s3AnchorStore } from './anchor-store.js';
import { dynamoChainStore } from './chain-store.js';
import { readLog } from './read-log.js';
import { verifyAudit } from './verify-audit.js';

const environment = readEnvironment('audit-read');
const trail = { chain: dynamoChainStore(environment.AUDIT_TABLE), anchors: s3AnchorStore(environment.ANCHORS_BUCKET) };

export const handler = apiHandler<'audit-read'>(
  {
    readAuditLog: async ({ query }) => ({ status: 200, body: await readLog(query, trail.chain) }),
    verifyAuditChain: async ({ body }) => ({ status: 200, body: await verifyAudit(body, trail) }),
  },
  keyGate(environment),
);
