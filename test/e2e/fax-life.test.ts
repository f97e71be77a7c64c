/** The life of a fax after it was accepted: listed, cancelled, sent later, sent again, settled by a person. Over HTTP. */
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { auditTrail } from './audit-trail.js';
import { call, createKey, faxForm, readFax, sendFax, until, untilEnded, type GatewayAnswer } from './gateway-client.js';
import { startLocalCloud, type FaultRule, type RunningLocalCloud } from './local-cloud.js';
import { physicalId } from './left-work.js';
import { testAssembly } from './shared-assembly.js';
import { callsByJob, functionId, readTemplate, sweepNow, type Template } from './stack-resources.js';

const admin = 'fax-life-administrator';
const cutLine = '+15555550004';
let cloud: RunningLocalCloud;
let template: Template;
let base: string;
/** A key of another owner, and one of the administrator's owner that may only read. */
let stranger: string;
let reader: string;

beforeAll(async () => {
  const assembly = await testAssembly();
  template = readTemplate(assembly);
  cloud = await startLocalCloud({ assembly, apiKey: admin, faults: true });
  base = cloud.gatewayUrl;
  stranger = (await createKey(base, admin, { owner: 'stranger', scopes: ['fax:send', 'fax:read'] })).token;
  reader = (await createKey(base, admin, { scopes: ['fax:read'] })).token;
}, 240_000);
afterAll(() => cloud.stop());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

async function sendWith(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}, key = admin): Promise<GatewayAnswer> {
  const form = faxForm('+15551234567');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return call(base, 'POST', '/fax', { key, form, headers });
}
/** A fax that waits for tomorrow. */
const waiting = async (key = admin) => readFax(await sendWith({ send_at: inHours(24) }, {}, key)).id;
const endedFax = async (to = '+15551234567', key = admin) => {
  const { id } = readFax(await sendFax(base, key, to));
  await untilEnded(base, key, id);
  return id;
};
const change = (id: string, verb: 'cancel' | 'resend', key = admin, json: object = {}, headers: Readonly<Record<string, string>> = {}) => call(base, 'POST', `/fax/${id}/${verb}`, { key, json, headers });
const resolve = (id: string, outcome: string, note?: string) => call(base, 'POST', `/admin/fax-jobs/${id}/resolve`, { key: admin, json: { outcome, ...(note === undefined ? {} : { note }) } });
const refused = (code: string, status: number) => ({ status, body: { code } });

const jobShape = z.looseObject({
  id: z.string(),
  state: z.string(),
  resent_as: z.string().nullable(),
  resend_of: z.string().nullable(),
  not_before: z.string().nullable(),
  attempts: z.array(z.looseObject({ outcome: z.string(), evidence: z.array(z.object({ text: z.string() })) })),
});
const readJob = async (id: string) => jobShape.parse((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body);
const listShape = z.object({ items: z.array(z.looseObject({ id: z.string(), state: z.string(), resend_of: z.string().nullable() })), next_cursor: z.string().nullable() });
const list = async (query = '', key = admin) => listShape.parse((await call(base, 'GET', `/fax${query}`, { key })).body);
/** The jobs that send a job again. */
const sentAgain = async (id: string) => (await list('?limit=100')).items.filter((item) => item.resend_of === id).map((item) => item.id);
/** An event that two published at once stands twice, under one id. */
const eventsOf = async (id: string) => [...new Map((await auditTrail(cloud, template)).filter((one) => one.job_id === id).map(({ event_id, event }) => [event_id, event])).values()];
const nudge = (id: string) => cloud.clients.sqs.send(new SendMessageCommand({ QueueUrl: physicalId(cloud, /^FaxesSendQueue[0-9A-F]{8}$/), MessageBody: JSON.stringify({ v: 1, jobId: id }) }));
const fault = (rule: Omit<FaultRule, 'function'>) => cloud.injectFault({ function: functionId(template, 'fax-change'), ...rule });

async function removeDocument(id: string): Promise<void> {
  const Bucket = physicalId(cloud, /^FaxesDocuments[0-9A-F]{8}$/);
  const { Contents: [document] = [] } = await cloud.clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `documents/${id}/` }));
  await cloud.clients.s3.send(new DeleteObjectCommand({ Bucket, Key: document?.Key }));
}

describe('the list of one’s own faxes', () => {
  it('has what the own owner sent, newest first, in pages that join; nobody else sees it, and admin here no more than others', async () => {
    const { token } = await createKey(base, admin, { owner: 'ward-3', scopes: ['fax:send', 'fax:read'] });
    const sent: string[] = [];
    for (let count = 0; count < 5; count += 1) sent.unshift(await waiting(token));
    const first = await list('?limit=3', token);
    const second = await list(`?limit=3&cursor=${first.next_cursor ?? ''}`, token);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(sent);
    expect(second.next_cursor).toBeNull();
    for (const key of [stranger, admin]) expect((await list('?limit=100', key)).items.filter(({ id }) => sent.includes(id))).toEqual([]);
  });

  it('is filtered by status, state, provider and time, and says what it does not understand', async () => {
    const { token } = await createKey(base, admin, { owner: 'ward-4', scopes: ['fax:send', 'fax:read'] });
    const [uncertain, waits] = [await endedFax(cutLine, token), await waiting(token)];
    const ids = async (query: string) => (await list(query, token)).items.map(({ id }) => id);
    expect(await ids('?status=IN_PROGRESS')).toEqual([uncertain]);
    expect(await ids('?state=Uncertain')).toEqual([uncertain]);
    expect(await ids('?status=queued&backend=sandbox')).toEqual([waits]);
    expect(await ids('?backend=sinch')).toEqual([]);
    expect(await ids(`?until=${encodeURIComponent(inHours(-1))}`)).toEqual([]);
    expect(await ids(`?since=${encodeURIComponent(inHours(-1))}`)).toEqual([waits, uncertain]);
    for (const query of ['?status=sent', '?state=disabled', '?cursor=abc', '?since=yesterday', '?limit=0', '?page=2']) {
      expect(await call(base, 'GET', `/fax${query}`, { key: token })).toMatchObject(refused('invalid_request', 422));
    }
  });

  it('takes fax:read', async () => {
    const { token } = await createKey(base, admin, { scopes: ['fax:send'] });
    expect(await call(base, 'GET', '/fax', { key: token })).toMatchObject(refused('insufficient_scope', 403));
  });
});

describe('whoever changes a fax', () => {
  it('has fax:send and the fax’s owner, or admin where it is an administrator’s to do', async () => {
    const id = await waiting();
    for (const verb of ['cancel', 'resend'] as const) {
      expect(await change(id, verb, reader)).toMatchObject(refused('insufficient_scope', 403));
      expect(await change(id, verb, stranger)).toMatchObject(refused('job_not_found', 404));
      expect(await change('f'.repeat(32), verb)).toMatchObject(refused('job_not_found', 404));
      expect(await change('nothing', verb)).toMatchObject(refused('job_not_found', 404));
    }
    for (const [verb, json] of [['resolve', { outcome: 'delivered' }], ['refresh', {}]] as const) {
      expect(await call(base, 'POST', `/admin/fax-jobs/${id}/${verb}`, { key: stranger, json })).toMatchObject(refused('insufficient_scope', 403));
      expect(await call(base, 'POST', `/admin/fax-jobs/${'f'.repeat(32)}/${verb}`, { key: admin, json })).toMatchObject(refused('job_not_found', 404));
    }
  });
});

describe('send_at', () => {
  it.each([
    ['in the past', '2020-01-01T00:00:00Z', 'send_at: must be in the future'],
    ['too far away', inHours(24 * 31), 'send_at: must be within 30 days'],
    ['without a zone', '2099-01-01T00:00:00', 'send_at: must be a date and time such as 2027-01-31T08:00:00Z'],
    ['no time', 'tomorrow', 'send_at: must be a date and time such as 2027-01-31T08:00:00Z'],
  ])('%s is refused', async (_, send_at, detail) => {
    expect(await sendWith({ send_at })).toMatchObject({ status: 422, body: { detail, code: 'invalid_request' } });
  });

  it('a provider that the gateway does not send through is refused; one that it does is taken', async () => {
    expect(await sendWith({ provider: 'carrier-pigeon' })).toMatchObject({ status: 422, body: { detail: 'provider: must be a provider that this gateway sends through: sandbox' } });
    expect(await sendWith({ provider: 'sandbox' })).toMatchObject({ status: 202, body: { backend: 'sandbox' } });
  });

  it('makes a fax wait, whatever nudges come; its acceptance is in the trail at once; then it goes out, once', async () => {
    const sendAt = new Date(Date.now() + 4_000).toISOString();
    const { id } = readFax(await sendWith({ send_at: sendAt }));
    await until(() => eventsOf(id), (events) => events.includes('job_created'));
    await Promise.all([nudge(id), nudge(id), sweepNow(cloud, template)]);
    if (Date.now() < Date.parse(sendAt) - 1_500) expect(await readJob(id)).toMatchObject({ state: 'queued', send_at: sendAt, not_before: sendAt, attempts: [] });
    await until(
      async () => {
        await sweepNow(cloud, template);
        return readJob(id);
      },
      ({ state }) => state === 'success',
      40,
    );
    const { attempts } = z.object({ attempts: z.array(z.object({ started_at: z.string() })) }).parse((await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin })).body);
    expect(attempts).toHaveLength(1);
    expect(Date.parse(attempts[0]?.started_at ?? '')).toBeGreaterThan(Date.parse(sendAt) - 1_500);
  }, 90_000);

  it('asked again with its Idempotency-Key after that time is the same fax', async () => {
    const send_at = new Date(Date.now() + 1_500).toISOString();
    const headers = { 'Idempotency-Key': 'later-1' };
    const { id } = readFax(await sendWith({ send_at }, headers));
    await until(() => Promise.resolve(Date.now()), (now) => now > Date.parse(send_at));
    expect(readFax(await sendWith({ send_at }, headers)).id).toBe(id);
    expect(await sendWith({ send_at: inHours(1) }, headers)).toMatchObject(refused('idempotency_conflict', 409));
  });
});

describe('cancelling', () => {
  it('a fax that waits ends it at once, and the same again answers the same', async () => {
    const id = await waiting();
    const first = await change(id, 'cancel');
    expect(first).toMatchObject({ status: 200, body: { id, status: 'FAILED', state: 'cancelled', error: 'cancelled' } });
    expect((await change(id, 'cancel')).body).toEqual(first.body);
    await nudge(id);
    expect(await eventsOf(id)).toEqual(['job_created', 'job_cancelled']);
    expect(await readJob(id)).toMatchObject({ state: 'cancelled', attempts: [] });
  });

  it('one that has ended is refused; one of which nobody knows is noted', async () => {
    for (const id of [await endedFax(), await endedFax('+15555550003')]) expect(await change(id, 'cancel')).toMatchObject(refused('job_ended', 409));
    const open = await endedFax(cutLine);
    const noted = await change(open, 'cancel');
    expect(noted).toMatchObject({ status: 200, body: { state: 'uncertain', cancel_requested_at: expect.any(String) } });
    expect((await change(open, 'cancel')).body).toMatchObject({ state: 'uncertain' });
    expect((await eventsOf(open)).filter((event) => event === 'job_cancel_requested')).toHaveLength(1);
  });

  it('twenty times at once, while the sender is at it: one outcome, and a cancelled fax was never dialled', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id } = readFax(await sendFax(base, admin, '+15551234567'));
      const answers = await Promise.all(Array.from({ length: 20 }, () => change(id, 'cancel')));
      for (const { status, body } of answers) expect([status, body]).toEqual(status === 200 ? [200, expect.objectContaining({ id })] : [409, expect.objectContaining({ code: 'job_ended' })]);
      const { state } = await untilEnded(base, admin, id);
      const events = await eventsOf(id);
      if (state === 'cancelled') expect([(await callsByJob(cloud, template)).get(id) ?? 0, events.filter((event) => event === 'job_cancelled').length <= 1]).toEqual([0, true]);
      else expect(['success', events.filter((event) => event === 'job_cancel_requested').length <= 1]).toEqual([state, true]);
    }
  }, 120_000);
});

describe('sending again', () => {
  it.each(['+15551234567', '+15555550003'])('an ended fax (%s) makes a new one, linked, with a document of its own', async (to) => {
    const id = await endedFax(to);
    const again = await change(id, 'resend', admin, { to: '(555) 123-4567' });
    expect(again).toMatchObject({ status: 202, body: { to: '+15551234567', resend_of: id, pages: 1 } });
    const next = readFax(again).id;
    await removeDocument(id);
    expect(await untilEnded(base, admin, next)).toMatchObject({ state: 'success' });
    const opened = await call(base, 'GET', `/fax/${next}/pdf`, { key: admin });
    expect((await (await fetch(opened.headers.get('location') ?? '')).text()).slice(0, 5)).toBe('%PDF-');
    expect(await eventsOf(next)).toEqual(['job_resent', 'job_updated', 'pdf_served']);
    expect(await change(id, 'resend')).toMatchObject(refused('document_gone', 409));
  });

  it('a cancelled one, later, by a provider: as asked', async () => {
    const id = await waiting();
    await change(id, 'cancel');
    const send_at = inHours(2);
    const { body } = await change(id, 'resend', admin, { send_at, provider: 'sandbox' });
    expect(body).toMatchObject({ state: 'queued', backend: 'sandbox', resend_of: id, send_at });
  });

  it('one that has not ended is refused, and one of which nobody knows until an administrator does', async () => {
    expect(await change(await waiting(), 'resend')).toMatchObject(refused('job_not_ended', 409));
    const open = await endedFax(cutLine);
    expect(await change(open, 'resend')).toMatchObject(refused('job_uncertain', 409));
    expect((await resolve(open, 'not_delivered')).status).toBe(200);
    expect((await change(open, 'resend')).status).toBe(202);
  });

  it.each([
    [{ to: 'nobody' }, 'invalid_number', 400],
    [{ provider: 'carrier-pigeon' }, 'invalid_request', 422],
    [{ send_at: '2020-01-01T00:00:00Z' }, 'invalid_request', 422],
    [{ when: 'now' }, 'invalid_request', 422],
  ])('with %p is refused', async (wish, code, status) => {
    expect(await change(await endedFax(), 'resend', admin, wish)).toMatchObject(refused(code, status));
  });

  it('under an Idempotency-Key is one new fax, however often and at once; with another wish, a conflict', async () => {
    const id = await endedFax();
    const headers = { 'Idempotency-Key': `again-${id}` };
    const answers = await Promise.all(Array.from({ length: 5 }, () => change(id, 'resend', admin, {}, headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 202));
    expect(new Set(answers.map((answer) => readFax(answer).id)).size).toBe(1);
    expect(await sentAgain(id)).toHaveLength(1);
    expect(await change(id, 'resend', admin, { to: '+15551230000' }, headers)).toMatchObject(refused('idempotency_conflict', 409));
  });
});

describe('resolving', () => {
  it.each([
    ['delivered', 'success', 'SUCCESS'],
    ['not_delivered', 'failed', 'FAILED'],
  ])('%s settles an uncertain fax as %s, for good, with what the person said', async (outcome, state, status) => {
    const id = await endedFax(cutLine);
    expect(await resolve(id, outcome, 'Called +1 555 123 4567: they say so')).toMatchObject({ status: 200, body: { state, status, resent_as: null } });
    const { attempts } = await readJob(id);
    expect(attempts.at(-1)?.evidence.at(-1)?.text).toMatch(/^An administrator: .*Called \+\* \*\*\* \*\*\* \*\*67: they say so$/);
    expect(await eventsOf(id)).toContain('job_resolved');
    for (const again of ['delivered', 'not_delivered', 'send_again']) expect(await resolve(id, again)).toMatchObject(refused('job_not_uncertain', 409));
    expect(await sentAgain(id)).toEqual([]);
  });

  it('send_again settles it as failed and makes one new fax, which goes out', async () => {
    const id = await endedFax(cutLine);
    const { status, body } = await resolve(id, 'send_again');
    const { resent_as: next } = jobShape.parse(body);
    expect([status, body]).toMatchObject([200, { state: 'failed', error: 'not_delivered' }]);
    // The same number is cut again.
    expect(await untilEnded(base, admin, next ?? '')).toMatchObject({ state: 'uncertain' });
    expect(await sentAgain(id)).toEqual([next]);
    expect(await eventsOf(next ?? '')).toContain('job_resent');
  });

  it('refuses what is no outcome, and a fax whose outcome is known or whose document is gone', async () => {
    const id = await endedFax(cutLine);
    expect(await resolve(id, 'maybe')).toMatchObject(refused('invalid_request', 422));
    expect(await resolve(await waiting(), 'delivered')).toMatchObject(refused('job_not_uncertain', 409));
    await removeDocument(id);
    expect(await resolve(id, 'send_again')).toMatchObject(refused('document_gone', 409));
    expect(await readJob(id)).toMatchObject({ state: 'uncertain' });
  });

  it('twenty times at once has one winner and makes at most one new fax', async () => {
    const id = await endedFax(cutLine);
    const outcomes = ['send_again', 'delivered', 'not_delivered', 'send_again'];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => resolve(id, outcomes[index % 4] ?? '')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    const { resent_as } = await readJob(id);
    expect(await sentAgain(id)).toEqual(resent_as === null ? [] : [resent_as]);
    expect((await eventsOf(id)).filter((event) => event === 'job_resolved')).toHaveLength(1);
  }, 60_000);
});

describe('the function dies while it settles a fax to be sent again', () => {
  it.each([
    ['before the document is copied: nothing is settled', { when: 'before', action: 's3:PutObject' }, 0],
    ['after the document is copied: nothing is settled', { when: 'after', action: 's3:PutObject' }, 0],
    ['before it is settled', { when: 'before', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 1 }, 0],
    ['after it is settled: the sender makes the new fax', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 1 }, 1],
    ['after the new fax is made: it is one', { when: 'after', action: 'dynamodb:PutItem', resource: 'FaxesTable', nth: 2 }, 1],
    ['before the new fax’s message', { when: 'before', action: 'sqs:SendMessage' }, 1],
    ['before the decision is in the trail', { when: 'before', action: 'logs:PutLogEvents' }, 1],
    ['after the decision is in the trail', { when: 'after', action: 'dynamodb:PutItem', resource: 'AuditChain' }, 1],
  ] as const)(
    '%s',
    async (_, rule, made) => {
      const id = await endedFax(cutLine);
      await cloud.clearFaults();
      await fault({ ...rule, effect: 'kill-function' });
      expect(await resolve(id, 'send_again')).toMatchObject({ status: 502 });
      const { state, resent_as } = await readJob(id);
      expect([state, resent_as === null]).toEqual(made === 0 ? ['uncertain', true] : ['failed', false]);
      if (made === 0) expect((await resolve(id, 'send_again')).status).toBe(200);
      const [next = ''] = await until(
        async () => {
          await nudge(id);
          return sentAgain(id);
        },
        ({ length }) => length > 0,
      );
      await until(
        async () => {
          await Promise.all([nudge(id), nudge(next)]);
          return readFax(await call(base, 'GET', `/fax/${next}`, { key: admin }));
        },
        ({ state: now }) => now === 'uncertain',
      );
      expect(await sentAgain(id)).toEqual([next]);
      // On a busy machine its claim can end before anybody is called: that is safe, too.
      expect((await callsByJob(cloud, template)).get(next) ?? 0).toBeLessThanOrEqual(1);
    },
    60_000,
  );
});

describe('asking the provider now', () => {
  it('changes nothing of a fax that has ended or waits, and leaves one under way to its end', async () => {
    const refresh = (id: string) => call(base, 'POST', `/admin/fax-jobs/${id}/refresh`, { key: admin, json: {} });
    expect(await refresh(await endedFax())).toMatchObject({ status: 200, body: { state: 'success' } });
    expect(await refresh(await waiting())).toMatchObject({ status: 200, body: { state: 'queued' } });
    const { id } = readFax(await sendFax(base, admin, '+15551234567'));
    await until(() => readJob(id), ({ state }) => state !== 'queued' && state !== 'submitting');
    expect((await refresh(id)).status).toBe(200);
    expect(await untilEnded(base, admin, id)).toMatchObject({ state: 'success' });
  });
});
