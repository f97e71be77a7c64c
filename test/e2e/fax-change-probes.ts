/** What of fax-change shows that one of its grants is missing. */
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { readFax, type GatewayAnswer } from './gateway-client.js';
import { physicalId } from './left-work.js';
import { expecting, failed, request, type Probe, type Scene } from './permission-probe.js';

export const resend = (scene: Scene, json: object = {}, id = scene.fax): Promise<GatewayAnswer> => request(scene, 'POST', `/fax/${id}/resend`, { json });
/** A fax of fax-change's own making, which waits for tomorrow, cancelled. */
const cancelNew = async (scene: Scene) => {
  const { id } = readFax(await resend(scene, { send_at: new Date(Date.now() + 86_400_000).toISOString() }));
  return request(scene, 'POST', `/fax/${id}/cancel`, { json: {} });
};
const resendGone = async (scene: Scene) => {
  const { id } = readFax(await cancelNew(scene));
  const Bucket = physicalId(scene.cloud, /^FaxesDocuments[0-9A-F]{8}$/);
  const { Contents: [document] = [] } = await scene.cloud.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `documents/${id}/` }));
  await scene.cloud.clients.s3.send(new DeleteObjectCommand({ Bucket, Key: document?.Key }));
  return resend(scene, {}, id);
};

export const faxChangeProbes: Readonly<Record<string, Probe>> = {
  'dynamodb:GetItem on SettingsTable': { ask: expecting(failed, (scene) => resend(scene)) },
  'logs:CreateLogStream on AuditLog': { ask: expecting({ status: 200 }, cancelNew) },
  'logs:PutLogEvents on AuditLog': { ask: expecting({ status: 200 }, cancelNew) },
  'dynamodb:PutItem on AuditChain': { ask: expecting({ status: 200 }, cancelNew) },
  'dynamodb:Query on AuditChain': { ask: expecting({ status: 200 }, cancelNew) },
  'dynamodb:GetItem on FaxesTable': { ask: expecting(failed, (scene) => resend(scene)) },
  'dynamodb:PutItem on FaxesTable': { ask: expecting(failed, (scene) => resend(scene)) },
  's3:GetObject on FaxesDocuments/documents/*': { ask: expecting(failed, (scene) => resend(scene)) },
  's3:PutObject on FaxesDocuments/documents/*': { ask: expecting(failed, (scene) => resend(scene)) },
  's3:ListBucket on FaxesDocuments': { ask: expecting(failed, resendGone) },
  'kms:Decrypt on FaxesDocumentsKey': { ask: expecting(failed, (scene) => resend(scene)) },
  'kms:GenerateDataKey on FaxesDocumentsKey': { ask: expecting(failed, (scene) => resend(scene)) },
  'sqs:SendMessage on FaxesSendQueue': { ask: expecting({ status: 202 }, (scene) => resend(scene)) },
  'sqs:SendMessage on OutcomesQueue': { ask: expecting({ status: 200 }, cancelNew) },
  'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, (scene) => resend(scene)) },
};
