/** What of outcome-notifier shows that one of its grants is missing. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { isJobId, isOwner } from '../../lambdas/contract/identifiers.js';
import { writeNotice, type Notice } from '../../lambdas/outcomes/notice-message.js';
import { physicalId } from './left-work.js';
import type { Probe } from './permission-probe.js';

/** Queues a notice, as the sender does. */
const tell =
  (notice: Omit<Notice, 'outcome'>): Probe['ask'] =>
  async ({ cloud, fax }) => {
    const owner = 'default';
    if (!isJobId(fax) || !isOwner(owner)) throw new Error('There is no fax to tell of');
    const outcome = { id: 'event-1', jobId: fax, owner, state: 'success', error: undefined, backend: 'sandbox', at: 1 } as const;
    await cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: physicalId(cloud, /^OutcomesQueue[0-9A-F]{8}$/), MessageBody: writeNotice({ ...notice, outcome }) }));
  };
const toTopic = tell({ to: { kind: 'topic' }, tries: 0, notBefore: 0 });

export const outcomeProbes: Readonly<Record<string, Probe>> = {
  'sns:Publish on OutcomesTopic': { ask: toTopic, says: /is not authorized to perform: sns:Publish on resource: \S*OutcomesTopic/i },
  'kms:GenerateDataKey on NoticesKey': { ask: toTopic, says: /is not authorized to perform: kms:GenerateDataKey/ },
  'kms:Decrypt on NoticesKey': { ask: toTopic, says: /is not authorized to perform: kms:Decrypt/ },
  'secretsmanager:GetSecretValue on OutcomesSigningSecret': { ask: tell({ to: { kind: 'address', url: 'https://127.0.0.1/' }, tries: 0, notBefore: 0 }) },
  // Not due yet: it is put back.
  'sqs:SendMessage on OutcomesQueue': { ask: tell({ to: { kind: 'topic' }, tries: 0, notBefore: Number.MAX_SAFE_INTEGER }) },
};
