/** A fax from the first request to its end, over HTTP against the running stack with its permissions enforced. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isJobId } from '../../lambdas/contract/identifiers.js';
import { createDocumentToken } from '../../lambdas/faxes/document-token.js';
import { call, createKey, readFax, sendFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, readTemplate, type Template } from './stack-resources.js';

const root = join(__dirname, '..', '..');
/** The person who starts the gateway may choose any string. */
const admin = 'any string will do';
let cloud: RunningLocalCloud;
let template: Template;
let base: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin });
  base = cloud.gatewayUrl;
  // One call a fax: redial.test.ts dials again.
  expect((await call(base, 'PUT', '/admin/settings', { key: admin, json: { version: 0, values: { REDIAL_MAX_DIALS: 1 } } })).status).toBe(200);
}, 240_000);
afterAll(() => cloud.stop());

const send = (to: string, options: Parameters<typeof sendFax>[3] = {}, key = admin) => sendFax(base, key, to, options);

/** Runs lines in bash at the root of the repository, as somebody does who pastes them. */
function shell(lines: string, environment: Readonly<Record<string, string>> = {}): string {
  return execFileSync('bash', ['-ec', lines], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, BASE: base, API_KEY: admin, ...environment },
  });
}

describe('the seed page', () => {
  /** The lines of its curl example, as they stand there. */
  const sendLines = String.raw`curl -X POST "$BASE/fax" \
  -H "X-API-Key: $API_KEY" \
  -F to=+15551234567 \
  -F file=@./document.pdf`;
  const statusLine = 'curl -H "X-API-Key: $API_KEY" "$BASE/fax/$JOB_ID"';
  const answer = z.looseObject({ id: z.string(), status: z.string() });

  it('works as it is printed: the fax is queued, and comes to SUCCESS', async () => {
    const queued = answer.parse(JSON.parse(shell(sendLines)));
    expect(queued).toMatchObject({ status: 'queued' });
    const ended = await until(
      () => Promise.resolve(answer.parse(JSON.parse(shell(statusLine, { JOB_ID: queued.id })))),
      ({ status }) => status === 'SUCCESS',
    );
    expect(ended).toMatchObject({ id: queued.id, to: '+15551234567', state: 'success', backend: 'sandbox', error: null, pages: 1 });
  }, 60_000);
});

describe('a fax', () => {
  it('is accepted with a 202 that says all that is known of it', async () => {
    const accepted = await send('+15551234567');
    expect([accepted.status, accepted.body]).toEqual([
      202,
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        to: '+15551234567',
        status: 'queued',
        state: 'queued',
        error: null,
        pages: 1,
        backend: 'sandbox',
        provider_sid: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
  });

  it('is the PDF that was uploaded, byte for byte, behind a redirect to a short-lived address', async () => {
    const pdf = readFileSync(join(root, 'document.pdf'));
    const { id } = readFax(await send('+15551234567', { file: pdf, name: 'document.pdf' }));
    const { pdf_url: address = '' } = await untilEnded(base, admin, id);
    const { origin, pathname, search } = new URL(address);
    // With the stage in front, as on AWS: the local gateway takes it with and without.
    expect([origin, pathname]).toEqual([base, `/api/fax/${id}/pdf`]);
    const redirect = await call(base, 'GET', `/fax/${id}/pdf${search}`);
    expect([redirect.status, redirect.text]).toEqual([302, '']);
    const opened = await fetch(redirect.headers.get('location') ?? '');
    expect([opened.status, opened.headers.get('content-type'), opened.headers.get('content-disposition')]).toEqual([
      200,
      'application/pdf',
      `inline; filename="fax-${id}.pdf"`,
    ]);
    expect(Buffer.from(await opened.arrayBuffer()).equals(pdf)).toBe(true);
    // A browser follows, whatever it says that it accepts.
    const followed = await fetch(address, { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(Buffer.from(await followed.arrayBuffer()).equals(pdf)).toBe(true);
  });

  it('opens for its key without a token, and for nobody with a wrong, foreign or expired one', async () => {
    const [one, other] = [readFax(await send('+15551234567')).id, readFax(await send('+15551234567')).id];
    const { pdf_url: address = '' } = readFax(await call(base, 'GET', `/fax/${one}`, { key: admin }));
    const token = new URL(address).searchParams.get('token') ?? '';
    expect((await call(base, 'GET', `/fax/${one}/pdf`, { key: admin })).status).toBe(302);
    const invalid = [403, { detail: 'Invalid token', code: 'token_invalid' }];
    for (const path of [`/fax/${one}/pdf?token=${token}x`, `/fax/${one}/pdf?token=1.x`, `/fax/${other}/pdf?token=${token}`]) {
      const refused = await call(base, 'GET', path);
      expect([refused.status, refused.body]).toEqual(invalid);
    }
    const [, secretId] = Object.entries(cloud.resources).find(([id]) => id.startsWith('FaxesDocumentToken')) ?? [];
    const { SecretString: secret = '' } = await cloud.clients.secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (!isJobId(one)) throw new Error(one);
    const expired = await call(base, 'GET', `/fax/${one}/pdf?token=${createDocumentToken(one, Date.now() - 1000, secret)}`);
    expect([expired.status, expired.body]).toEqual([403, { detail: 'Token expired', code: 'token_expired' }]);
  });

  it('out of a text is a PDF with the pages that the text takes', async () => {
    const { id } = readFax(await send('+15551234567', { file: 'Grüezi — Ολα καλά\n'.repeat(200), name: 'letter.txt' }));
    const fax = await untilEnded(base, admin, id);
    expect(fax).toMatchObject({ status: 'SUCCESS' });
    expect(fax.pages).toBeGreaterThan(2);
    const opened = await fetch(fax.pdf_url ?? '');
    expect([opened.headers.get('content-type'), (await opened.text()).slice(0, 5)]).toEqual(['application/pdf', '%PDF-']);
  });

  it.each([
    ['(555) 123-4567', '+15551234567'],
    ['555.123.4567', '+15551234567'],
    ['15551234567', '+15551234567'],
    ['+44 20 7946 0000', '+442079460000'],
    // What the original's pattern takes is never refused.
    ['123456', '+123456'],
    ['+00000000000000000000', '+00000000000000000000'],
  ])('to %s is dialled as %s', async (written, dialled) => {
    expect(readFax(await send(written)).to).toBe(dialled);
  });

  it.each([
    ['+15555550001', 'FAILED', 'failed', 'busy'],
    ['+15555550002', 'FAILED', 'failed', 'no_answer'],
    ['+15555550003', 'FAILED', 'failed', 'rejected'],
    ['+15555550004', 'in_progress', 'uncertain', 'The line was cut in the middle: some pages may have arrived'],
  ])('to the magic number %s ends %s, %s, with the error %s', async (to, status, state, error) => {
    const { id } = readFax(await send(to));
    expect(await untilEnded(base, admin, id)).toMatchObject({ status, state, error });
    const { body } = await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin });
    expect(body).toMatchObject({ status, state, error, attempts: [{ outcome: state, error }] });
  });
});

describe('the administrators’ list', () => {
  const listed = z.object({ total: z.number(), jobs: z.array(z.looseObject({ id: z.string(), state: z.string(), created_at: z.string() })) });
  const list = async (query: string) => listed.parse((await call(base, 'GET', `/admin/fax-jobs${query}`, { key: admin })).body);

  it('shows a fax with its number masked, and the detail its attempt, its file and its key', async () => {
    const { token, key_id } = await createKey(base, admin, { owner: 'ward-9' });
    const { id } = readFax(await send('+15551239876', { name: 'letter.txt' }, token));
    const { provider_sid } = await untilEnded(base, admin, id);
    const summary = { id, to_number: '+*******9876', owner: 'ward-9', status: 'SUCCESS', state: 'success', backend: 'sandbox', pages: 1, error: null };
    expect((await list('?limit=100')).jobs).toEqual(expect.arrayContaining([expect.objectContaining(summary)]));
    expect((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body).toEqual({
      ...summary,
      provider_sid,
      file_name: 'letter.txt',
      created_by: key_id,
      session_id: null,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      send_at: null,
      not_before: null,
      cancel_requested_at: null,
      resend_of: null,
      resent_as: null,
      attempts: [{ id: `${id}-1`, backend: 'sandbox', outcome: 'success', provider_sid, error: null, cause: null, pages: null, cost: null, evidence: [{ at: expect.any(String), text: 'The provider says: success' }], started_at: expect.any(String), ended_at: expect.any(String) }],
    });
  });

  it('is newest first, and its pages join without a gap', async () => {
    for (const to of ['+15551230011', '+15551230012', '+15551230013']) await untilEnded(base, admin, readFax(await send(to)).id);
    const all = await list('?limit=100');
    const times = all.jobs.map(({ created_at }) => created_at);
    expect(times).toEqual([...times].sort().reverse());
    const pages = [await list('?limit=2'), await list('?limit=2&offset=2')];
    expect(pages.flatMap(({ jobs }) => jobs.map(({ id }) => id))).toEqual(all.jobs.slice(0, 4).map(({ id }) => id));
    expect(pages.map(({ total }) => total)).toEqual([all.total, all.total]);
  });

  it('is filtered by a status or a state, in any case, and by the provider', async () => {
    const busy = readFax(await send('+15555550001')).id;
    await untilEnded(base, admin, busy);
    for (const word of ['FAILED', 'failed', 'Failed']) {
      const { jobs } = await list(`?status=${word}&limit=100`);
      expect(jobs.map(({ id }) => id)).toContain(busy);
      expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['failed']));
    }
    expect((await list('?status=SUCCESS&limit=100')).jobs.map(({ id }) => id)).not.toContain(busy);
    expect((await list('?backend=sandbox')).total).toBe((await list('')).total);
    expect(await list('?backend=other')).toEqual({ total: 0, jobs: [] });
  });
});

describe('an Idempotency-Key', () => {
  const replayed = { 'Idempotency-Key': 'order-17' };

  it('gives the same job for the same fax, however often and however at once, and one call to the provider', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => send('+15551230001', { headers: replayed })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = new Set(answers.map((answer) => readFax(answer).id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    await untilEnded(base, admin, id);
    const later = readFax(await send('+15551230001', { headers: replayed }));
    expect(later).toMatchObject({ id, status: 'SUCCESS' });
    // Another fax goes all the way after it, so whatever the replay had sent would have been on the line by now.
    const after = readFax(await send('+15551230001')).id;
    await untilEnded(base, admin, after);
    const calls = await until(() => callsByJob(cloud, template), (counted) => counted.has(after) && counted.has(id));
    expect([calls.get(id), calls.get(after)]).toEqual([1, 1]);
  });

  it.each([
    ['another number', () => send('+15551230002', { headers: replayed })],
    ['another file', () => send('+15551230001', { headers: replayed, file: 'Another text.' })],
  ])('is refused for %s', async (_, another) => {
    await send('+15551230001', { headers: replayed });
    const refused = await another();
    expect([refused.status, refused.body]).toEqual([409, { detail: 'This Idempotency-Key was used for a different fax', code: 'idempotency_conflict' }]);
  });

  it('means another job to another owner', async () => {
    const headers = { 'Idempotency-Key': 'order-18' };
    const other = await createKey(base, admin, { owner: 'ward-7', scopes: ['fax:send'] });
    const mine = readFax(await send('+15551230001', { headers }));
    const theirs = readFax(await send('+15551230001', { headers }, other.token));
    expect(theirs.id).not.toBe(mine.id);
  });
});
