/** The audit chain over HTTP: whole under a hundred changes at once, and whatever is done to it afterwards is named and anchored. */
import { TestMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { auditTrail, readLogs } from './audit-trail.js';
import { call, createKey, readCreatedKey, until } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const bootstrap = 'audit-chain-administrator';
const root = join(__dirname, '..', '..');
let copy: string;
let cloud: RunningLocalCloud;
let template: Template;
let base: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  copy = withTemplate(assembly, lockAnchors);
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly: copy, apiKey: bootstrap });
  base = cloud.gatewayUrl;
}, 240_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(copy, { recursive: true, force: true });
});

/** A stack that keeps its data locks its anchors (test/stack/template.test.ts); the one of the tests is thrown away. */
function lockAnchors(of: EditableTemplate): void {
  for (const [id, resource] of Object.entries(of.Resources)) {
    if (!id.startsWith('AuditAnchors') || resource.Type !== 'AWS::S3::Bucket') continue;
    const retention = { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } };
    resource.Properties = { ...resource.Properties, ObjectLockEnabled: true, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...retention } };
  }
}

const verification = z.object({
  status: z.enum(['whole', 'broken']),
  from_sequence: z.number(),
  links: z.number(),
  anchors: z.number(),
  broken: z.object({ sequence: z.number(), reason: z.string(), detail: z.string() }).nullable(),
  head: z.object({ sequence: z.number(), hash: z.string() }).nullable(),
  continue_from: z.string().nullable(),
});
const verify = async (json: object = {}) => verification.parse((await call(base, 'POST', '/admin/audit/verify', { key: bootstrap, json })).body);

/** `npm run audit:verify`, as an auditor runs it. */
async function command(...flags: string[]): Promise<{ readonly code: number | null; readonly printed: string }> {
  const { AuditTableName: table = '', AuditAnchorsBucketName: bucket = '', AuditLogGroupName: group = '' } = cloud.outputs;
  const own = ['--table', table, '--bucket', bucket, '--log-group', group, '--region', 'us-east-1', '--endpoint-url', cloud.endpointUrl];
  const child = spawn(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'bin', 'audit-verify.ts'), ...(flags.length > 0 ? flags : own)], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += String(text)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, printed };
}

const anchorFunction = () => cloud.resources[functionId(template, 'audit-anchor')];
/** Runs the anchoring, as its schedule does once a day. */
async function anchor(): Promise<{ readonly failed: boolean; readonly text: string }> {
  const { FunctionError, Payload } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: anchorFunction() }));
  return { failed: FunctionError !== undefined, text: Buffer.from(Payload ?? []).toString() };
}

const bucket = () => cloud.outputs['AuditAnchorsBucketName'];
async function anchorVersions(): Promise<{ readonly Key: string; readonly VersionId: string }[]> {
  const { Versions = [] } = await cloud.clients.s3.send(new ListObjectVersionsCommand({ Bucket: bucket(), Prefix: 'anchors/' }));
  return Versions.map(({ Key = '', VersionId = '' }) => ({ Key, VersionId }));
}

/** The table as somebody sees it who has AWS credentials for it: no gateway, no code of ours. */
type Item = Record<string, unknown> & { readonly sequence: number };
const item = z.looseObject({ sequence: z.number(), ts: z.string(), events: z.array(z.string()), prev_hash: z.string(), hash: z.string() });
const table = () => cloud.outputs['AuditTableName'];
async function links(): Promise<z.output<typeof item>[]> {
  const query = new QueryCommand({ TableName: table(), KeyConditionExpression: 'pk = :chain', ExpressionAttributeValues: { ':chain': { S: 'CHAIN' } }, ConsistentRead: true });
  const { Items = [] } = await cloud.clients.dynamodb.send(query);
  return Items.map((one) => item.parse(unmarshall(one)));
}
const put = (one: Item) => cloud.clients.dynamodb.send(new PutItemCommand({ TableName: table(), Item: marshall({ pk: 'CHAIN', ...one }) }));
const remove = ({ sequence }: { readonly sequence: number }) =>
  cloud.clients.dynamodb.send(new DeleteItemCommand({ TableName: table(), Key: marshall({ pk: 'CHAIN', sequence }) }));

/** The hash, by the description in docs/audit.md alone. */
const hashOf = ({ sequence, ts, events, prev_hash: previous }: Omit<z.output<typeof item>, 'hash'>): string =>
  createHash('sha256').update(JSON.stringify([1, sequence, ts, events, previous])).digest('hex');

describe('120 changes at once', () => {
  it('make one whole chain without a gap, and each stands in the trail once', async () => {
    const ids = new Set((await Promise.all(Array.from({ length: 60 }, () => createKey(base, bootstrap)))).map(({ key_id: id }) => id));
    await Promise.all([...ids].map(async (id) => readCreatedKey(await call(base, 'POST', `/admin/api-keys/${id}/rotate`, { key: bootstrap, json: {} }))));
    const read = await until(
      () => readLogs(base, bootstrap, { limit: 1000 }),
      ({ items }) => items.filter(({ event }) => event === 'api_key_rotated').length === ids.size,
    );
    for (const name of ['api_key_created', 'api_key_rotated']) {
      const named = read.items.filter(({ event }) => event === name).map(({ target_key_id: id }) => id);
      expect([named.length, new Set(named)]).toEqual([ids.size, ids]);
    }
    const chain = await links();
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1));
    const report = await verify();
    expect(report).toMatchObject({ status: 'whole', from_sequence: 1, links: chain.length, broken: null, head: { sequence: chain.length, hash: chain.at(-1)?.hash }, continue_from: null });
  }, 60_000);

  it('are hashed as the document says', async () => {
    for (const link of await links()) expect(hashOf(link)).toBe(link.hash);
  });
});

describe('an anchor', () => {
  it('keeps the newest link, and the verification holds the chain against it', async () => {
    expect(await anchor()).toMatchObject({ failed: false });
    const head = (await links()).at(-1);
    const newest = (await anchorVersions()).at(-1);
    expect(newest?.Key).toMatch(new RegExp(`^anchors/\\d{4}-\\d\\d-\\d\\dT[\\d-]+Z-${head?.sequence ?? 0}\\.json$`));
    expect((await verify()).anchors).toBe((await anchorVersions()).length);
  });

  it('can be replaced or removed by nobody, not even by the administrator of the account', async () => {
    const [first] = await anchorVersions();
    const object = { Bucket: bucket(), Key: first?.Key };
    await expect(cloud.clients.s3.send(new DeleteObjectCommand({ ...object, VersionId: first?.VersionId }))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(cloud.clients.s3.send(new PutObjectCommand({ ...object, Body: 'forged', IfNoneMatch: '*' }))).rejects.toMatchObject({ name: 'PreconditionFailed' });
    // A delete marker hides it from a plain look; the verification looks at versions.
    const before = (await verify()).anchors;
    const { VersionId: marker } = await cloud.clients.s3.send(new DeleteObjectCommand(object));
    expect((await verify()).anchors).toBe(before);
    await cloud.clients.s3.send(new DeleteObjectCommand({ ...object, VersionId: marker }));
  });

  it('lets the auditor’s command say that all is whole', async () => {
    const { code, printed } = await command();
    expect([code, printed]).toEqual([0, expect.stringMatching(/^The audit chain is whole: \d+ links right, held against \d+ anchors and \d+ links of the audit log\. Its newest link is \d+, with the hash [0-9a-f]{64}\.\n$/)]);
  }, 30_000);
});

describe('a part of the chain', () => {
  it('is verified from any link on', async () => {
    const length = (await links()).length;
    expect(await verify({ from_sequence: 5 })).toMatchObject({ status: 'whole', from_sequence: 5, links: length - 4 });
  });

  it('goes on behind a link only where that is still the one that it was', async () => {
    const chain = await links();
    const at = (index: number, hash?: string) => ({ continue_from: `${index}.${hash ?? chain[index - 1]?.hash ?? ''}` });
    expect(await verify(at(3))).toMatchObject({ status: 'whole', from_sequence: 4, links: chain.length - 3 });
    expect(await verify(at(3, 'f'.repeat(64)))).toMatchObject({ status: 'broken', broken: { sequence: 4, reason: 'prev_hash_differs' } });
  });

  it.each([{ from_sequence: 0 }, { from_sequence: 'x' }, { continue_from: '3' }, { colour: 'red' }])('%j is a 422 that names the field', async (json) => {
    expect(await call(base, 'POST', '/admin/audit/verify', { key: bootstrap, json })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', fields: [{ field: Object.keys(json)[0] }] },
    });
  });
});

describe('tampering is named by the first broken link', () => {
  /** Does it, looks, and puts everything back. */
  async function tampered(tamper: (chain: z.output<typeof item>[]) => Promise<unknown>): Promise<z.output<typeof verification>['broken']> {
    const chain = await links();
    await tamper(chain);
    const { status, broken } = await verify();
    expect(status).toBe('broken');
    for (const forged of await links()) if (!chain.some(({ sequence }) => sequence === forged.sequence)) await remove(forged);
    for (const link of chain) await put(link);
    expect((await verify()).status).toBe('whole');
    return broken;
  }
  const at = (chain: z.output<typeof item>[], sequence: number) => {
    const found = chain[sequence - 1];
    if (found === undefined) throw new Error(`There is no link ${sequence}`);
    return found;
  };

  it('a changed event', async () => {
    const change = async (chain: z.output<typeof item>[]) => put({ ...at(chain, 7), events: at(chain, 7).events.map((text) => text.replace('success', 'refused')) });
    expect(await tampered(change)).toEqual({ sequence: 7, reason: 'hash_differs', detail: 'Link 7 was changed: its content does not have its hash' });
  });

  it('a removed link', async () => {
    expect(await tampered((chain) => remove(at(chain, 9)))).toMatchObject({ sequence: 9, reason: 'missing' });
  });

  it('a link that was put in between', async () => {
    const insert = async (chain: z.output<typeof item>[]) => {
      const forged = { ...at(chain, 11), sequence: 11.5, prev_hash: at(chain, 11).hash };
      await put({ ...forged, hash: hashOf(forged) });
    };
    expect(await tampered(insert)).toMatchObject({ sequence: 11.5, reason: 'inserted' });
  });

  it('a changed hash', async () => {
    expect(await tampered((chain) => put({ ...at(chain, 13), hash: '0'.repeat(64) }))).toMatchObject({ sequence: 13, reason: 'hash_differs' });
  });

  it('a member that the hash does not cover', async () => {
    expect(await tampered((chain) => put({ ...at(chain, 15), note: 'forged' }))).toMatchObject({ sequence: 15, reason: 'malformed' });
  });

  it('a tail that was cut off', async () => {
    const cut = async (chain: z.output<typeof item>[]) => Promise.all(chain.slice(-4).map(remove));
    expect(await tampered(cut)).toMatchObject({ sequence: (await links()).length - 3, reason: 'missing' });
  });
});

describe('a rewrite of the last links with right hashes', () => {
  let anchored = 0;

  it('is caught by the anchor, by the operation and by the auditor’s command', async () => {
    await anchor();
    const chain = await links();
    anchored = chain.length;
    let previous = chain.at(-6)?.hash ?? '';
    for (const link of chain.slice(-5)) {
      const forged = { ...link, events: link.events.map((text) => text.replace('"type":"bootstrap"', '"type":"system"')), prev_hash: previous };
      previous = hashOf(forged);
      await put({ ...forged, hash: previous });
    }
    expect(await verify()).toMatchObject({ status: 'broken', links: anchored - 1, broken: { sequence: anchored, reason: 'anchor_differs' } });
    const { code, printed } = await command();
    expect([code, printed]).toEqual([1, expect.stringContaining('The audit chain is broken: link ')]);
    expect(printed).toMatch(/link \d+ is not the one that (was anchored|the audit log tells of): the chain was written anew up to it/);
  }, 30_000);

  it('makes the next anchoring fail loudly, and its finding stands in the log and in the chain', async () => {
    const { failed, text } = await anchor();
    expect([failed, text]).toEqual([true, expect.stringContaining(`The audit chain is broken: link ${anchored} is not the one that was anchored`)]);
    const finding = { event: 'audit_chain_broken', broken_sequence: anchored, reason: 'anchor_differs', outcome: 'failed', actor: { type: 'system' } };
    expect(await auditTrail(cloud, template)).toContainEqual(expect.objectContaining(finding));
    // The alarm's filter finds it.
    const [filterPattern] = Object.values(template.Resources).flatMap(({ Properties: of }) => (JSON.stringify(of).includes('"ChainBreaks"') && typeof of?.['FilterPattern'] === 'string' ? [of['FilterPattern']] : []));
    const logEventMessages = (await messagesOf(cloud, Object.keys(cloud.resources).find((id) => /^AuditLog[0-9A-F]{8}$/.test(id)) ?? '')).slice(-20);
    const { matches = [] } = await cloud.clients.logs.send(new TestMetricFilterCommand({ filterPattern, logEventMessages }));
    expect(matches.map(({ eventMessage = '' }) => /"event":"(\w+)"/.exec(eventMessage)?.[1])).toEqual(matches.map(() => 'audit_chain_broken'));
    expect(matches).not.toEqual([]);
    const { items } = await until(() => readLogs(base, bootstrap, { event: 'audit_chain_broken' }), ({ count }) => count > 0);
    expect(items).toEqual([expect.objectContaining({ ...finding, sequence: expect.any(Number) })]);
    await until(() => messagesOf(cloud, logGroupId(template, 'audit-anchor')), (messages) => messages.some((message) => message.includes('The audit chain is broken')));
  });

  it('is told of once: the chain goes on behind it, and stays broken for whoever verifies it all', async () => {
    await createKey(base, bootstrap);
    expect(await anchor()).toMatchObject({ failed: false });
    expect(await verify()).toMatchObject({ status: 'broken', broken: { sequence: anchored } });
    expect((await verify({ from_sequence: anchored + 1 })).status).toBe('whole');
  });

  it('is caught by the log too, where the links were not anchored yet', async () => {
    const { key_id: id } = await createKey(base, bootstrap);
    const newest = (await links()).at(-1);
    if (newest === undefined) throw new Error('The chain is empty');
    const forged = { ...newest, events: newest.events.map((text) => text.replaceAll(id, '0123456789ab')) };
    await put({ ...forged, hash: hashOf(forged) });
    expect(await anchor()).toMatchObject({ failed: true, text: expect.stringContaining(`link ${newest.sequence} is not the one that the audit log tells of`) });
  });
});

describe('who may not verify the chain', () => {
  it('is anybody without the scope admin', async () => {
    const { token } = await createKey(base, bootstrap, { scopes: ['keys:manage', 'fax:read'] });
    expect(await call(base, 'POST', '/admin/audit/verify', { key: token, json: {} })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  });
});

describe('the auditor’s command', () => {
  it.each([
    [['--table', 'x'], 'Both --table and --bucket are needed'],
    [['--table', 'no-such-table', '--bucket', 'no-such-bucket', '--region', 'us-east-1', '--endpoint-url', 'http://127.0.0.1:1'], 'could not be verified'],
  ])('says in a sentence why it could not look: %j', async (flags, sentence) => {
    const { code, printed } = await command(...flags);
    expect([code, printed]).toEqual([2, expect.stringContaining(sentence)]);
  }, 60_000);
});
