/** What of health shows that one of its grants is missing. */
import { expecting, request, type Probe } from './permission-probe.js';

const notReady = (check: string): Probe => ({
  ask: expecting({ status: 503, body: { status: 'not_ready', checks: { [check]: 'failed' } } }, (scene) => request(scene, 'GET', '/health/ready')),
});

export const healthProbes: Readonly<Record<string, Probe>> = {
  'dynamodb:DescribeTable on FaxesTable': notReady('faxes_table'),
  'dynamodb:DescribeTable on KeysTable': notReady('keys_table'),
  'dynamodb:GetItem on SettingsTable': notReady('provider'),
  's3:ListBucket on FaxesDocuments': { ...notReady('documents_bucket'), says: /S3 answered 403 to a HEAD/ },
  'sqs:GetQueueAttributes on FaxesSendQueue': notReady('send_queue'),
};
