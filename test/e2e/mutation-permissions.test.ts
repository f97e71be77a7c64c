/**
 * Mutation proof of the permissions: each grant of each function is taken out of the template once, and the running stack
 * refuses exactly that call, in AWS's words, in that function's log. One start takes one grant from every function.
 */
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { originSecretHeader, viewerAddressHeader } from '../../lambdas/contract/console-origin.js';
import { faxChangeProbes, resend } from './fax-change-probes.js';
import { call, faxForm, freshNumber, readCreatedKey, readFax, until, untilEnded, type GatewayAnswer } from './gateway-client.js';
import { grantsOf, resourceName, words, type Grant } from './grants.js';
import { healthProbes } from './health-probes.js';
import { leaveWork, physicalId } from './left-work.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { outcomeProbes } from './outcome-probes.js';
import { expecting, failed, request, type Probe, type Scene } from './permission-probe.js';
import { testAssembly } from './shared-assembly.js';
import { sinchFields } from './sinch-account.js';
import { changeVariable, functionId, logGroupId, messagesOf, readTemplate, sweepNow, type Template } from './stack-resources.js';
import { saveReporter, webhookProbes } from './webhook-probes.js';

const bootstrap = 'mutation-permissions-administrator';

/** A grant that is missing from the stack. */
interface Taken {
  readonly name: string;
  readonly grant: string;
  readonly probe: Probe;
}

const createKey = (scopes: readonly string[]) => (scene: Scene) => request(scene, 'POST', '/admin/api-keys', { json: { scopes } });
const revokeKey = (scene: Scene) => request(scene, 'DELETE', `/admin/api-keys/${scene.spareKey}`);
/** The first request of a key in its minute is one that the history of sign-ins tells of. */
const withFreshKey = (ask: (scene: Scene) => Promise<GatewayAnswer>) => async (scene: Scene) => ask({ ...scene, key: freshTokens.pop() ?? '' });
/** What is left of a limit is read where a key has one. */
const readMe = async (scene: Scene) => {
  const made = await request(scene, 'POST', '/admin/api-keys', { json: { requests_per_minute: 100 } });
  return request(scene, 'GET', '/auth/me', { key: readCreatedKey(made).token });
};
const listKeys = (scene: Scene) => request(scene, 'GET', '/admin/api-keys');
const readSettings = (scene: Scene) => request(scene, 'GET', '/admin/settings');
const listSettings = (scene: Scene) => request(scene, 'GET', '/admin/settings/versions');
/** Each change is another one than the last. */
const changeSettings = async (scene: Scene) => {
  const { version, values } = z.object({ version: z.number(), values: z.object({ INBOUND_LIST_RPM: z.number() }) }).parse((await readSettings(scene)).body);
  return request(scene, 'PUT', '/admin/settings', { json: { version, values: { INBOUND_LIST_RPM: values.INBOUND_LIST_RPM + 1 } } });
};
/** Each time with other credentials; the provider is not asked. */
const saveProvider = async (scene: Scene) => {
  const { version } = z.object({ version: z.number() }).parse((await request(scene, 'GET', '/admin/settings/providers')).body);
  const fields = sinchFields(randomUUID());
  return request(scene, 'PUT', '/admin/settings/providers/sinch', { json: { version, fields, validate: false } });
};
const validateProvider = (scene: Scene) => request(scene, 'POST', '/admin/settings/providers/sinch/validate');
const signIn = (scene: Scene) => request(scene, 'POST', '/auth/session');
const listSessions = async (scene: Scene) => {
  await signIn(scene);
  return request(scene, 'GET', '/admin/sessions');
};
/** Asks by a session of its own. */
const bySession = async (scene: Scene) => {
  const cookie = (await signIn(scene)).headers.get('set-cookie')?.split(';')[0] ?? '';
  return call(scene.cloud.gatewayUrl, 'GET', '/auth/me', { headers: { Cookie: cookie } });
};
const listAuthEvents = (query: string) => (scene: Scene) => request(scene, 'GET', `/admin/auth-events${query}`);
const send = (scene: Scene) => request(scene, 'POST', '/fax', { form: faxForm(freshNumber()) });
const replay = (text: string) => (scene: Scene) => request(scene, 'POST', '/fax', { form: faxForm('+15551234567', text), headers: { 'Idempotency-Key': 'replay' } });
const getFax = (scene: Scene) => request(scene, 'GET', `/fax/${scene.fax}`);
const openDocument = (scene: Scene) => request(scene, 'GET', `/fax/${scene.fax}/pdf`);
const followDocument: Probe['ask'] = async (scene) => {
  const address = (await openDocument(scene)).headers.get('location') ?? '';
  expect((await fetch(address)).status).toBe(403);
};
const nudge: Probe['ask'] = ({ cloud, queued }) => nudgeJob(cloud, queued);
async function nudgeJob(cloud: RunningLocalCloud, jobId: string): Promise<void> {
  await cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(cloud), MessageBody: JSON.stringify({ v: 1, jobId }) }));
}
const verifyChain = (scene: Scene) => request(scene, 'POST', '/admin/audit/verify', { json: {} });
const anchorNow: Probe['ask'] = async ({ cloud }) => {
  await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'audit-anchor')] }));
};
/** The anchoring has something to tell where somebody wrote a link anew. */
const anchorBrokenChain: Probe['ask'] = async (scene) => {
  const TableName = physicalId(scene.cloud, /^AuditChain[0-9A-F]{8}$/);
  const { Items: [newest] = [] } = await scene.cloud.clients.dynamodb.send(
    new QueryCommand({ TableName, KeyConditionExpression: 'pk = :chain', ExpressionAttributeValues: { ':chain': { S: 'CHAIN' } }, ScanIndexForward: false, Limit: 1 }),
  );
  await scene.cloud.clients.dynamodb.send(new PutItemCommand({ TableName, Item: { ...newest, hash: { S: 'f'.repeat(64) } } }));
  await anchorNow(scene);
};
const sweepNowOf: Probe['ask'] = ({ cloud }) => sweepNow(cloud, template);
/** It has native keys to make, and a lease of nobody's to look at. */
const tendNativeKeys: Probe['ask'] = async ({ cloud }) => {
  await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, 'native-keys')] }));
};
const refusedPost = (path: RegExp) => new RegExp(`is not authorized to perform: apigateway:POST on resource: \\S*${path.source}`);
/** The mapping polls with the function's permissions; without one it says so at the start, and stays still. */
const noPolling: Probe = {
  ask: async ({ cloud }) => {
    expect(cloud.logs()).toMatch(/event source mapping of \S+ does not poll: User: \S+ is not authorized to perform: sqs:/);
  },
  says: undefined,
};
const polling = (queue: string) => Object.fromEntries(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => [`sqs:${action} on ${queue}`, noPolling]));

/** Words of a grant → how its absence shows. */
const probes: Readonly<Record<string, Readonly<Record<string, Probe>>>> = {
  'key-admin': {
    'logs:CreateLogStream on AuditLog': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'logs:PutLogEvents on AuditLog': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'dynamodb:PutItem on AuditChain': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'dynamodb:Query on AuditChain': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'dynamodb:GetItem on KeysTable': { ask: expecting(failed, revokeKey) },
    'dynamodb:PutItem on KeysTable': { ask: expecting(failed, createKey(['fax:read'])) },
    'dynamodb:UpdateItem on KeysTable': { ask: expecting({ status: 200 }, createKey(['admin'])) },
    'dynamodb:Query on KeysTable/index/listing': { ask: expecting(failed, listKeys) },
    'secretsmanager:GetSecretValue on KeysPepper': { ask: expecting(failed, createKey(['fax:read'])) },
    'dynamodb:GetItem on SettingsTable': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'dynamodb:BatchGetItem on LimitsTable': { ask: expecting(failed, listKeys) },
    'dynamodb:Query on LimitsTable/index/pool': { ask: expecting({ status: 200 }, createKey(['fax:read'])) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, listKeys) },
    'dynamodb:GetItem on LimitsTable': { ask: expecting(failed, readMe) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey(listKeys)) },
  },
  'settings-admin': {
    'logs:CreateLogStream on AuditLog': { ask: expecting({ status: 200 }, changeSettings) },
    'logs:PutLogEvents on AuditLog': { ask: expecting({ status: 200 }, changeSettings) },
    'dynamodb:PutItem on AuditChain': { ask: expecting({ status: 200 }, changeSettings) },
    'dynamodb:Query on AuditChain': { ask: expecting({ status: 200 }, changeSettings) },
    'dynamodb:GetItem on SettingsTable': { ask: expecting(failed, readSettings) },
    'dynamodb:PutItem on SettingsTable': { ask: expecting(failed, changeSettings) },
    'dynamodb:UpdateItem on SettingsTable': { ask: expecting({ status: 200 }, changeSettings) },
    'dynamodb:BatchGetItem on SettingsTable': { ask: expecting(failed, listSettings) },
    'secretsmanager:GetSecretValue on ProvidersCredentials': { ask: expecting(failed, validateProvider) },
    'secretsmanager:PutSecretValue on ProvidersCredentials': { ask: expecting(failed, saveProvider) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, readSettings) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey(readSettings)) },
  },
  'fax-upload': {
    'dynamodb:GetItem on SettingsTable': { ask: expecting(failed, send) },
    'dynamodb:GetItem on FaxesTable': { ask: expecting(failed, replay('The same text.')) },
    'dynamodb:PutItem on FaxesTable': { ask: expecting(failed, send) },
    's3:DeleteObject on FaxesDocuments/documents/*': { ask: expecting(failed, replay('Another text.')) },
    's3:PutObject on FaxesDocuments/documents/*': { ask: expecting(failed, send) },
    'kms:GenerateDataKey on FaxesDocumentsKey': { ask: expecting(failed, send) },
    'sqs:SendMessage on FaxesSendQueue': { ask: expecting({ status: 202, body: { state: 'queued' } }, send) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, send) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 202 }, withFreshKey(send)) },
  },
  'fax-read': {
    'dynamodb:GetItem on SettingsTable': { ask: expecting({ status: 200 }, getFax) },
    'logs:CreateLogStream on AuditLog': { ask: expecting(failed, openDocument) },
    'logs:PutLogEvents on AuditLog': { ask: expecting(failed, openDocument) },
    'dynamodb:PutItem on AuditChain': { ask: expecting(failed, openDocument) },
    'dynamodb:Query on AuditChain': { ask: expecting(failed, openDocument) },
    'dynamodb:GetItem on FaxesTable': { ask: expecting(failed, getFax) },
    'dynamodb:Query on FaxesTable/index/listing': { ask: expecting(failed, (scene) => request(scene, 'GET', '/admin/fax-jobs')) },
    'dynamodb:Query on FaxesTable/index/owner': { ask: expecting(failed, (scene) => request(scene, 'GET', '/fax')) },
    's3:GetObject on FaxesDocuments/documents/*': { ask: followDocument, says: undefined },
    'kms:Decrypt on FaxesDocumentsKey': { ask: followDocument, says: undefined },
    'secretsmanager:GetSecretValue on FaxesDocumentTokenSecret': { ask: expecting(failed, getFax) },
    'secretsmanager:GetSecretValue on OutcomesSigningSecret': { ask: expecting(failed, (scene) => request(scene, 'GET', '/auth/notice-secret')) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, getFax) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey(getFax)) },
  },
  'fax-webhook': webhookProbes,
  'fax-change': { ...faxChangeProbes, 'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 202 }, withFreshKey((scene) => resend(scene))) } },
  'fax-sender': {
    'dynamodb:GetItem on SettingsTable': { ask: nudge },
    'logs:CreateLogStream on AuditLog': { ask: nudge },
    'logs:PutLogEvents on AuditLog': { ask: nudge },
    'dynamodb:PutItem on AuditChain': { ask: nudge },
    'dynamodb:Query on AuditChain': { ask: nudge },
    'dynamodb:GetItem on FaxesTable': { ask: nudge },
    'dynamodb:PutItem on FaxesTable': { ask: nudge },
    's3:GetObject on FaxesDocuments/documents/*': { ask: nudge, says: /comes back.*S3 answered 403/ },
    'kms:Decrypt on FaxesDocumentsKey': { ask: nudge, says: /comes back.*S3 answered 403/ },
    'secretsmanager:GetSecretValue on ProvidersCredentials': { ask: ({ cloud }) => nudgeJob(cloud, sinchFax) },
    'sqs:SendMessage on FaxesSendQueue': { ask: nudge },
    'sqs:SendMessage on OutcomesQueue': { ask: nudge },
    ...polling('FaxesSendQueue'),
  },
  'outcome-notifier': {
    ...outcomeProbes,
    ...polling('OutcomesQueue'),
  },
  sweeper: {
    'logs:CreateLogStream on AuditLog': { ask: sweepNowOf },
    'logs:PutLogEvents on AuditLog': { ask: sweepNowOf },
    'dynamodb:PutItem on AuditChain': { ask: sweepNowOf },
    'dynamodb:Query on AuditChain': { ask: sweepNowOf },
    'dynamodb:UpdateItem on FaxesTable': { ask: sweepNowOf },
    'dynamodb:Query on FaxesTable/index/due': { ask: sweepNowOf },
    'dynamodb:Query on KeysTable/index/outbox': { ask: sweepNowOf },
    'sqs:SendMessage on FaxesSendQueue': { ask: sweepNowOf },
    'dynamodb:GetItem on KeysTable': { ask: sweepNowOf },
    'dynamodb:PutItem on KeysTable': { ask: sweepNowOf },
    'dynamodb:UpdateItem on KeysTable': { ask: sweepNowOf },
    'dynamodb:GetItem on SettingsTable': { ask: sweepNowOf },
    'dynamodb:UpdateItem on SettingsTable': { ask: sweepNowOf },
    'dynamodb:UpdateItem on SessionTable': { ask: sweepNowOf },
    'dynamodb:Query on SessionTable/index/outbox': { ask: sweepNowOf },
  },
  'native-keys': {
    'dynamodb:Query on LimitsTable/index/pool': { ask: tendNativeKeys },
    'dynamodb:UpdateItem on LimitsTable': { ask: tendNativeKeys },
    'dynamodb:BatchGetItem on KeysTable': { ask: tendNativeKeys },
    'apigateway:POST on arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys': { ask: tendNativeKeys, says: refusedPost(/apikeys/) },
    ...Object.fromEntries(
      ['basic', 'standard', 'high'].map((tier): [string, Probe] => [
        `apigateway:POST on arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/GatewayApiPlan${tier}/keys`,
        { ask: tendNativeKeys, says: refusedPost(/usageplans\/\w+\/keys/) },
      ]),
    ),
  },
  sessions: {
    'logs:CreateLogStream on AuditLog': { ask: expecting({ status: 200 }, signIn) },
    'logs:PutLogEvents on AuditLog': { ask: expecting({ status: 200 }, signIn) },
    'dynamodb:PutItem on AuditChain': { ask: expecting({ status: 200 }, signIn) },
    'dynamodb:Query on AuditChain': { ask: expecting({ status: 200 }, signIn) },
    'dynamodb:PutItem on SessionTable': { ask: expecting(failed, signIn) },
    'dynamodb:UpdateItem on SessionTable': { ask: expecting({ status: 200 }, signIn) },
    'dynamodb:GetItem on SessionTable': { ask: expecting(failed, (scene) => request(scene, 'DELETE', `/admin/sessions/${session}`)) },
    'dynamodb:Query on SessionTable/index/listing': { ask: expecting(failed, listSessions) },
    'dynamodb:BatchGetItem on LimitsTable': { ask: expecting(failed, listSessions) },
    'dynamodb:GetItem on LimitsTable': { ask: expecting(failed, (scene) => signIn({ ...scene, key: limitedToken })) },
    'dynamodb:GetItem on KeysTable': { ask: expecting(failed, signIn) },
    'secretsmanager:GetSecretValue on KeysPepper': { ask: expecting(failed, signIn) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, signIn) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey(signIn)) },
  },
  'auth-history': {
    'dynamodb:Query on AuthEventsTable': { ask: expecting(failed, listAuthEvents('')) },
    'dynamodb:Query on AuthEventsTable/index/key': { ask: expecting(failed, listAuthEvents('?key_id=0123456789ab')) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey(listAuthEvents(''))) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, listAuthEvents('')) },
  },
  'audit-anchor': {
    'dynamodb:Query on AuditChain': { ask: anchorNow },
    's3:ListBucketVersions on AuditAnchors': { ask: anchorNow },
    's3:GetObjectVersion on AuditAnchors/anchors/*': { ask: anchorNow },
    's3:PutObject on AuditAnchors/anchors/*': { ask: anchorNow },
    'logs:FilterLogEvents on AuditLog': { ask: anchorNow },
    'logs:CreateLogStream on AuditLog': { ask: anchorBrokenChain },
    'logs:PutLogEvents on AuditLog': { ask: anchorBrokenChain },
    'lambda:InvokeFunction on FaxesSweeper': { ask: anchorBrokenChain },
  },
  'audit-read': {
    's3:ListBucketVersions on AuditAnchors': { ask: expecting(failed, verifyChain) },
    's3:GetObjectVersion on AuditAnchors/anchors/*': { ask: expecting(failed, verifyChain) },
    'dynamodb:Query on AuditChain': { ask: expecting(failed, (scene) => request(scene, 'GET', '/admin/logs')) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 200 }, withFreshKey((scene) => request(scene, 'GET', '/admin/logs'))) },
    'dynamodb:UpdateItem on LimitsTable': { ask: expecting(failed, (scene) => request(scene, 'GET', '/admin/logs')) },
  },
  authorizer: {
    'logs:CreateLogStream on AuditLog': { ask: expecting({ status: 401 }, (scene) => request(scene, 'GET', '/fax/x', { key: 'wrong' })) },
    'logs:PutLogEvents on AuditLog': { ask: expecting({ status: 401 }, (scene) => request(scene, 'GET', '/fax/x', { key: 'wrong' })) },
    'dynamodb:PutItem on AuthEventsTable': { ask: expecting({ status: 401 }, (scene) => request(scene, 'GET', '/fax/x', { key: 'wrong' })) },
  },
  health: healthProbes,
};

/** The authorizer stands before all others: these grants are taken when no other is. */
const authorizerProbes: Readonly<Record<string, Probe>> = {
  'dynamodb:GetItem on KeysTable': { ask: expecting(failed, listKeys) },
  'dynamodb:GetItem on LimitsTable': { ask: expecting(failed, bySession) },
  'dynamodb:GetItem on SessionTable': { ask: expecting(failed, bySession) },
  'dynamodb:GetItem on SettingsTable': { ask: expecting({ status: 200 }, listKeys) },
  'secretsmanager:GetSecretValue on KeysPepper': { ask: expecting(failed, listKeys) },
  'secretsmanager:GetSecretValue on KeysBootstrapKey': { ask: expecting(failed, (scene) => request(scene, 'GET', '/admin/api-keys', { key: bootstrap })) },
  'secretsmanager:GetSecretValue on OriginSecret': {
    ask: expecting(failed, (scene) => request(scene, 'GET', '/admin/api-keys', { headers: { [viewerAddressHeader]: '192.0.2.1', [originSecretHeader]: 'any' } })),
  },
};

/** No call of ours: the CDK grants them to whoever consumes a queue, and the local cloud gives X-Ray nothing to do. */
const withoutCall = [
  ...['FaxesSendQueue', 'OutcomesQueue'].flatMap((queue) => [`sqs:ChangeMessageVisibility on ${queue}`, `sqs:GetQueueUrl on ${queue}`]),
  'xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *',
];
const isOwnLog = (grant: Grant) => /^logs:\w+ on (?!AuditLog)/.test(words(grant));

const functionNames = Object.keys(probes);
const rounds = Math.max(...Object.values(probes).map((one) => Object.keys(one).length));

let assembly: string;
let template: Template;
let state: string;
let fax: string;
let key: string;
/** Of a key that has a limit of its own. */
let limitedToken: string;
/** The id of a session in force. */
let session: string;
const queuedFaxes: string[] = [];
/** Queued for a provider that has credentials. */
let sinchFax: string;
const spareKeys: string[] = [];
/** Tokens that nobody has used. */
const freshTokens: string[] = [];

const queueUrl = (cloud: RunningLocalCloud) => physicalId(cloud, /^FaxesSendQueue[0-9A-F]{8}$/);

const policyDocument = z.looseObject({ Statement: z.array(z.looseObject({ Resource: z.unknown() })) });

/** Takes a grant out of its statement; each of the statement's other grants becomes a statement of its own. */
function take(from: EditableTemplate, name: string, wanted: string): void {
  const grants = grantsOf(template, name);
  const grant = grants.find((one) => words(one) === wanted);
  const policy = from.Resources[grant?.policy ?? ''];
  if (grant === undefined || policy === undefined) throw new Error(`${name} has no ${wanted}`);
  const document = policyDocument.parse(policy.Properties?.['PolicyDocument']);
  const written = [document.Statement[grant.statement]?.Resource].flat();
  const others = grants
    .filter((one) => one !== grant && one.policy === grant.policy && one.statement === grant.statement)
    .map(({ action, resource }) => ({ Effect: 'Allow', Action: action, Resource: written.find((one) => resourceName(one) === resource) }));
  policy.Properties = { ...policy.Properties, PolicyDocument: { ...document, Statement: document.Statement.toSpliced(grant.statement, 1, ...others) } };
}

function removeType(from: EditableTemplate, type: string): void {
  from.Resources = Object.fromEntries(Object.entries(from.Resources).filter(([, { Type }]) => Type !== type));
}

async function underChange(edit: (template: EditableTemplate) => void, look: (cloud: RunningLocalCloud) => Promise<void>): Promise<void> {
  const copy = withTemplate(assembly, (editable) => {
    // The sweeper runs when a test says so: what is due must be there for its probe.
    removeType(editable, 'AWS::Scheduler::Schedule');
    edit(editable);
  });
  const cloud = await startLocalCloud({ assembly: copy, state, apiKey: bootstrap });
  try {
    await look(cloud);
  } finally {
    await cloud.stop();
    rmSync(copy, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  assembly = await testAssembly();
  template = readTemplate(assembly);
  state = mkdtempSync(join(tmpdir(), 'mutation-permissions-'));
  await underChange(
    () => undefined,
    async (cloud) => {
      key = readCreatedKey(await call(cloud.gatewayUrl, 'POST', '/admin/api-keys', { key: bootstrap, json: { scopes: ['admin'] } })).token;
      fax = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key, form: faxForm('+15551234567', 'The same text.'), headers: { 'Idempotency-Key': 'replay' } })).id;
      await untilEnded(cloud.gatewayUrl, key, fax);
      // Two versions, so that the next change finds one to archive and the list finds one in the archive.
      const settings = { cloud, key, fax, spareKey: '', queued: '' };
      limitedToken = readCreatedKey(await request(settings, 'POST', '/admin/api-keys', { json: { requests_per_minute: 100 } })).token;
      session = z.object({ session_id: z.string() }).parse((await signIn(settings)).body).session_id;
      for (let change = 0; change < 2; change += 1) expect((await changeSettings(settings)).status).toBe(200);
      expect((await saveProvider(settings)).status).toBe(200);
      expect((await saveReporter(settings)).status).toBe(200);
      // An anchor, for whoever reads one.
      await anchorNow(settings);
      for (let spare = 0; spare < rounds; spare += 1) {
        const made = await call(cloud.gatewayUrl, 'POST', '/admin/api-keys', { key, json: { scopes: ['admin'] } });
        spareKeys.push(readCreatedKey(made).key_id);
        freshTokens.push(readCreatedKey(made).token);
      }
    },
  );
  // Without the event source faxes stay queued; their messages are thrown away, so that each waits for its round.
  await underChange(
    (editable) => removeType(editable, 'AWS::Lambda::EventSourceMapping'),
    async (cloud) => {
      for (let round = 0; round < rounds; round += 1)
        queuedFaxes.push(readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key, form: faxForm(freshNumber()) })).id);
      sinchFax = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key, form: faxForm(freshNumber()) })).id;
      const change = { UpdateExpression: 'SET backend = :sinch', ExpressionAttributeValues: { ':sinch': { S: 'sinch' } } };
      await cloud.clients.dynamodb.send(new UpdateItemCommand({ TableName: physicalId(cloud, /^FaxesTable[0-9A-F]{8}$/), Key: { id: { S: sinchFax } }, ...change }));
      await cloud.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(cloud) }));
    },
  );
}, 240_000);
afterAll(() => rmSync(state, { recursive: true, force: true }));

it.each(functionNames)('every grant of %s is taken out once', (name) => {
  const all = grantsOf(template, name).filter((grant) => !isOwnLog(grant)).map(words);
  const probed = { ...probes[name], ...(name === 'authorizer' ? authorizerProbes : {}) };
  expect([...Object.keys(probed), ...withoutCall].sort()).toEqual([...new Set([...all, ...withoutCall])].sort());
});

/** The function's log names the refused call and no other. */
async function expectRefusal(cloud: RunningLocalCloud, { name, grant, probe }: Taken, before: number): Promise<void> {
  const log = async () => (await messagesOf(cloud, logGroupId(template, name))).slice(before);
  if ('says' in probe) {
    const { says } = probe;
    if (says !== undefined) await until(log, (messages) => messages.some((message) => says.test(message)));
    return;
  }
  const [action = '', place = ''] = grant.split(' on ');
  const [resource = '', ...inside] = place.split('/');
  const physicalName = physicalId(cloud, new RegExp(`^${resource}[0-9A-F]{8}$`))?.split('/').at(-1) ?? '';
  const refused = (messages: readonly string[]) =>
    messages.flatMap((message) => [...message.matchAll(/is not authorized to perform: (\S+) on resource: ([^\s,]+)/g)]).map(([, what = '', where = '']) => ({ what, where }));
  for (const { what, where } of refused(await until(log, (messages) => refused(messages).length > 0))) {
    expect([what, where]).toEqual([action, expect.stringContaining([physicalName, ...inside].join('/').replace('*', ''))]);
  }
}

async function logLengths(cloud: RunningLocalCloud): Promise<Map<string, number>> {
  return new Map(await Promise.all(functionNames.map(async (name) => [name, (await messagesOf(cloud, logGroupId(template, name))).length] as const)));
}

async function play(taken: readonly Taken[], round: number): Promise<void> {
  await underChange(
    (editable) => {
      for (const { name, grant } of taken) take(editable, name, grant);
      // Larger with each round, so that each tier has native keys to make.
      for (const name of ['native-keys', 'key-admin']) changeVariable(editable, name, 'NATIVE_KEY_POOL', () => String(30 * (round + 1)));
    },
    async (cloud) => {
      const before = await logLengths(cloud);
      await leaveWork(cloud, { fax, spareKey: spareKeys[0] ?? '', session, round });
      const scene: Scene = { cloud, key, fax, spareKey: spareKeys[round] ?? '', queued: queuedFaxes[round] ?? '' };
      await Promise.all(taken.map(({ probe }) => probe.ask(scene)));
      for (const one of taken) await expectRefusal(cloud, one, before.get(one.name) ?? 0);
    },
  );
}

describe('without one grant of each function', () => {
  const all = Array.from({ length: rounds }, (_, round) =>
    Object.entries(probes).flatMap(([name, grants]) => {
      const entry = Object.entries(grants)[round];
      return entry === undefined ? [] : [{ name, grant: entry[0], probe: entry[1] }];
    }),
  );
  it.each(all.map((taken, round) => [taken.map(({ name, grant }) => `${name}: ${grant}`).join('; '), taken, round] as const))(
    '%s',
    (_, taken, round) => play(taken, round),
    60_000,
  );
});

describe('without a grant of the authorizer', () => {
  it.each(Object.entries(authorizerProbes))('%s', (grant, probe) => play([{ name: 'authorizer', grant, probe }], 0), 60_000);
});
