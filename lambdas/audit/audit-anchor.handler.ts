/** Anchors the audit chain, once a day. A broken chain is an error of this function: it rings as one. */
import { readEnvironment } from '../platform/environment.js';
import { log } from '../platform/log.js';
import type { Anchor } from './anchor.js';
import { s3AnchorStore } from './anchor-store.js';
import { readLogWitnesses } from './audit-log-reader.js';
import { auditLogWriter } from './audit-log-store.js';
import { dynamoChainStore } from './chain-store.js';
import { sendFinding } from './finding-queue.js';
import { faultWords } from './verify-chain.js';
import { anchorChain } from './write-anchor.js';

const environment = readEnvironment('audit-anchor');
const chain = dynamoChainStore(environment.AUDIT_TABLE);
const anchors = s3AnchorStore(environment.ANCHORS_BUCKET);
const writeAuditLog = auditLogWriter(environment.AUDIT_LOG_GROUP);

/** @throws Error that names the first broken link */
export async function handler(): Promise<{ readonly anchor: Anchor | null }> {
  const { anchor, broken } = await anchorChain({
    chain,
    anchors,
    logWitnesses: (since) => readLogWitnesses(environment.AUDIT_LOG_GROUP, since),
    tell: async (event) => {
      // The log first: the alarm hangs on it.
      await writeAuditLog([event]);
      await sendFinding(environment.SWEEPER_FUNCTION, event);
    },
    now: Date.now(),
  });
  if (broken !== undefined) throw new Error(`The audit chain is broken: link ${broken.sequence} ${faultWords[broken.fault]}`);
  if (anchor !== undefined) log.info('Anchored', { ...anchor });
  return { anchor: anchor ?? null };
}
