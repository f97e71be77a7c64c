/** Health: what an operator's monitor reads, on a sound gateway and on one that lacks a permission and has sending switched off. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { call, readFax, sendFax } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

const admin = 'the administrator who watches';
const sandboxWarning = 'The provider is the sandbox: it dials nobody, and no fax is delivered';

/** Runs the stack, changed or not, for as long as `look` looks at it. */
async function running(edit: ((template: EditableTemplate) => void) | undefined, look: (cloud: RunningLocalCloud) => Promise<void>): Promise<void> {
  const assembly = await testAssembly();
  const copy = edit === undefined ? undefined : withTemplate(assembly, edit);
  try {
    const cloud = await startLocalCloud({ assembly: copy ?? assembly, apiKey: admin });
    try {
      await look(cloud);
    } finally {
      await cloud.stop();
    }
  } finally {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
  }
}

it('a sound gateway is healthy and ready, says loudly that the sandbox delivers nothing, and hands out its contract', async () => {
  await running(undefined, async ({ gatewayUrl: base }) => {
    expect((await call(base, 'GET', '/health')).body).toEqual({ status: 'ok' });
    const ready = await call(base, 'GET', '/health/ready');
    expect([ready.status, ready.body]).toEqual([
      200,
      {
        status: 'ready',
        backend: 'sandbox',
        checks: { keys_table: 'ok', faxes_table: 'ok', documents_bucket: 'ok', send_queue: 'ok', provider: 'ok' },
        warnings: [sandboxWarning],
      },
    ]);
    const checkedIn: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8'));
    expect((await call(base, 'GET', '/openapi.json')).body).toEqual(checkedIn);
  });
}, 240_000);

it('a gateway that may not look at its queue is not ready and says which check failed; with sending off it warns and holds', async () => {
  await running(
    (template) => {
      takePermission(template, 'HealthFunctionRole', 'sqs:GetQueueAttributes');
      switchSendingOff(template);
    },
    async ({ gatewayUrl: base }) => {
      const notReady = await call(base, 'GET', '/health/ready');
      expect([notReady.status, notReady.body]).toEqual([
        503,
        {
          status: 'not_ready',
          backend: 'sandbox',
          checks: { keys_table: 'ok', faxes_table: 'ok', documents_bucket: 'ok', send_queue: 'failed', provider: 'ok' },
          warnings: [sandboxWarning, 'Sending is switched off: faxes are accepted and held'],
        },
      ]);
      // It still answers, so a monitor can tell this from a gateway that is gone.
      expect((await call(base, 'GET', '/health')).status).toBe(200);
      const { id, status, state } = readFax(await sendFax(base, admin, '+15551234567'));
      expect([status, state]).toEqual(['disabled', 'held']);
      const job = await call(base, 'GET', `/admin/fax-jobs/${id}`, { key: admin });
      expect(job.body).toMatchObject({ status: 'disabled', state: 'held', attempts: [] });
      expect((await call(base, 'GET', '/admin/fax-jobs?status=disabled', { key: admin })).body).toMatchObject({ total: 1, jobs: [{ id }] });
    },
  );
}, 240_000);

const policy = z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Action: z.unknown() })) }) });

function takePermission(template: EditableTemplate, role: string, action: string): void {
  let taken = 0;
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (resource.Type !== 'AWS::IAM::Policy' || !id.startsWith(role)) continue;
    const properties = policy.parse(resource.Properties);
    const left = properties.PolicyDocument.Statement.filter(({ Action }) => Action !== action);
    taken += properties.PolicyDocument.Statement.length - left.length;
    resource.Properties = { ...properties, PolicyDocument: { ...properties.PolicyDocument, Statement: left } };
  }
  expect(taken).toBe(1);
}

const withVariables = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

function switchSendingOff(template: EditableTemplate): void {
  for (const resource of Object.values(template.Resources)) {
    const found = resource.Type === 'AWS::Lambda::Function' ? withVariables.safeParse(resource.Properties).data : undefined;
    if (found?.Environment.Variables['SENDING'] === undefined) continue;
    resource.Properties = { ...found, Environment: { Variables: { ...found.Environment.Variables, SENDING: 'off' } } };
  }
}
