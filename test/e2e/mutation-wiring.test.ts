/** Mutation proof of the wiring: routes, environment variables, the schedule and the tables' time to live, each missing from the running stack. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { functionEnvironments } from '../../lambdas/contract/environment.js';
import { operationIds, operations, type OperationId } from '../../lambdas/contract/operations.js';
import { call, faxForm, readFax, until, untilEnded } from './gateway-client.js';
import { startLocalCloud, withTemplate, type EditableTemplate, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';
import { functionId, logGroupId, messagesOf, readTemplate, type Template } from './stack-resources.js';

const admin = 'mutation-wiring-administrator';
let assembly: string;
let template: Template;

beforeAll(async () => {
  assembly = await testAssembly();
  template = readTemplate(assembly);
}, 240_000);

async function mutated(edit: (template: EditableTemplate) => void, look: (cloud: RunningLocalCloud) => Promise<void>, state?: string): Promise<void> {
  const copy = withTemplate(assembly, edit);
  try {
    const cloud = await startLocalCloud({ assembly: copy, apiKey: admin, ...(state === undefined ? {} : { state }) });
    try {
      await look(cloud);
    } finally {
      await cloud.stop();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Takes resources out, and their names out of every DependsOn. */
function remove(from: EditableTemplate, unwanted: (resource: EditableTemplate['Resources'][string], id: string) => boolean): void {
  const ids = Object.keys(from.Resources).filter((id) => {
    const resource = from.Resources[id];
    return resource !== undefined && unwanted(resource, id);
  });
  expect(ids).not.toEqual([]);
  from.Resources = Object.fromEntries(
    Object.entries(from.Resources)
      .filter(([id]) => !ids.includes(id))
      .map(([id, resource]) => {
        const { DependsOn: depends } = resource;
        return [id, Array.isArray(depends) ? { ...resource, DependsOn: depends.filter((one) => !ids.includes(String(one))) } : resource];
      }),
  );
}

describe('without every second route', () => {
  /** Asks without a key: a route that is there is open or says 401, one that is gone has the words of its resource. */
  const ask = async (cloud: RunningLocalCloud, id: OperationId) => {
    const { method, path } = operations[id];
    const answer = await fetch(`${cloud.gatewayUrl}${path.replace('{id}', '0123456789ab')}`, { method });
    return { status: answer.status, text: await answer.text() };
  };

  it.each([0, 1])('those are gone, and the others are there (from number %i on)', (first) => {
    const isGone = (id: OperationId) => operationIds.indexOf(id) % 2 === first;
    return mutated(
      (t) => {
        remove(t, ({ Type, Properties }) => {
          const id = operationIds.find((one) => one === Properties?.['OperationName']);
          return Type === 'AWS::ApiGateway::Method' && id !== undefined && isGone(id);
        });
      },
      async (cloud) => {
        for (const id of operationIds) {
          const { status, text } = await ask(cloud, id);
          const { kind } = operations[id].authentication;
          // No provider is configured.
          const there = kind === 'none' ? 200 : kind === 'signature' ? 404 : 401;
          expect([id, status]).toEqual([id, isGone(id) ? 405 : there]);
          if (isGone(id)) expect(JSON.parse(text)).toEqual({ detail: 'Method Not Allowed', code: 'method_not_allowed' });
        }
      },
    );
  }, 120_000);
});

describe('without an environment variable', () => {
  const names = Object.keys(functionEnvironments).filter((name): name is keyof typeof functionEnvironments => Object.hasOwn(functionEnvironments, name));
  const variables = z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

  function unset(t: EditableTemplate, name: string, variable: string): void {
    const resource = t.Resources[functionId(template, name)];
    const properties = variables.parse(resource?.Properties);
    if (resource === undefined || !Object.hasOwn(properties.Environment.Variables, variable)) throw new Error(`${name} has no ${variable}`);
    const { [variable]: _, ...rest } = properties.Environment.Variables;
    resource.Properties = { ...properties, Environment: { Variables: rest } };
  }

  const invoke = async (cloud: RunningLocalCloud, name: string) => {
    const { FunctionError, Payload } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: cloud.resources[functionId(template, name)], Payload: '{"Records":[]}' }));
    return { failed: FunctionError !== undefined, text: Buffer.from(Payload ?? []).toString() };
  };

  it('each function says at its start which one it misses', () => {
    const missing = names.map((name) => ({ name, variable: functionEnvironments[name].at(-1) ?? '' }));
    return mutated(
      (t) => {
        for (const { name, variable } of missing) unset(t, name, variable);
      },
      async (cloud) => {
        for (const { name, variable } of missing) {
          const { failed, text } = await invoke(cloud, name);
          expect([failed, text]).toEqual([true, expect.stringContaining(`The environment variable ${variable} of the function ${name} is not set`)]);
        }
      },
    );
  }, 120_000);

  it('of the authorizer, keys count for nothing and what is open stays open', () =>
    mutated(
      (t) => unset(t, 'authorizer', 'PEPPER_SECRET'),
      async (cloud) => {
        expect(await call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: admin })).toMatchObject({ status: 500, body: { code: 'internal_error' } });
        expect((await call(cloud.gatewayUrl, 'GET', '/health')).status).toBe(200);
      },
    ), 120_000);

  it('of the sender and of key administration, faxes are accepted and stay queued, keys are a 502', () =>
    mutated(
      (t) => {
        unset(t, 'fax-sender', 'CLAIM_SECONDS');
        unset(t, 'key-admin', 'LIMITS_TABLE');
      },
      async (cloud) => {
        const { id } = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') }));
        await until(
          () => messagesOf(cloud, logGroupId(template, 'fax-sender')),
          (messages) => messages.some((message) => message.includes('CLAIM_SECONDS')),
        );
        expect(readFax(await call(cloud.gatewayUrl, 'GET', `/fax/${id}`, { key: admin })).state).toBe('queued');
        expect(await call(cloud.gatewayUrl, 'GET', '/admin/api-keys', { key: admin })).toMatchObject({ status: 502, body: { code: 'internal_error' } });
      },
    ), 120_000);
});

describe('the schedule', () => {
  const sweeps = (cloud: RunningLocalCloud) => messagesOf(cloud, logGroupId(template, 'sweeper'));

  it('runs the sweeper; without it nobody does', async () => {
    await mutated(
      () => undefined,
      async (cloud) => {
        await until(() => sweeps(cloud), (messages) => messages.some((message) => message.includes('platform.report')));
      },
    );
    await mutated(
      (t) => remove(t, ({ Type }) => Type === 'AWS::Scheduler::Schedule'),
      async (cloud) => {
        // The schedule is due at once; a whole fax takes longer.
        const { id } = readFax(await call(cloud.gatewayUrl, 'POST', '/fax', { key: admin, form: faxForm('+15551234567') }));
        expect((await untilEnded(cloud.gatewayUrl, admin, id)).state).toBe('success');
        expect(await sweeps(cloud)).toEqual([]);
      },
    );
  }, 120_000);

  it('may not run it without its role’s permission', () =>
    mutated(
      (t) => remove(t, ({ Type }, id) => Type === 'AWS::IAM::Policy' && id.startsWith('SchedulerRole')),
      async (cloud) => {
        await until(async () => cloud.logs(), (printed) => /not authorized to perform: lambda:InvokeFunction|lambda:InvokeFunction/.test(printed));
        expect(await sweeps(cloud)).toEqual([]);
      },
    ), 120_000);
});

describe('the time to live of faxes', () => {
  const table = (cloud: RunningLocalCloud) => cloud.resources[Object.keys(cloud.resources).find((id) => /^FaxesTable[0-9A-F]{8}$/.test(id)) ?? ''];
  const old = { id: { S: 'forgotten' } };

  it('ends what is over; without the table’s specification it stays', async () => {
    const state = mkdtempSync(join(tmpdir(), 'mutation-ttl-'));
    const withoutTtl = (t: EditableTemplate) => {
      for (const resource of Object.values(t.Resources)) {
        if (resource.Type !== 'AWS::DynamoDB::GlobalTable') continue;
        const { TimeToLiveSpecification: _, ...rest } = resource.Properties ?? {};
        resource.Properties = rest;
      }
    };
    const find = async (cloud: RunningLocalCloud) => (await cloud.clients.dynamodb.send(new GetItemCommand({ TableName: table(cloud), Key: old, ConsistentRead: true }))).Item;
    try {
      await mutated(
        withoutTtl,
        async (cloud) => {
          await cloud.clients.dynamodb.send(new PutItemCommand({ TableName: table(cloud), Item: { ...old, forgetAt: { N: String(Math.floor(Date.now() / 1000) - 60) } } }));
        },
        state,
      );
      await mutated(withoutTtl, async (cloud) => expect(await find(cloud)).toBeDefined(), state);
      await mutated(() => undefined, async (cloud) => expect(await until(() => find(cloud), (item) => item === undefined)).toBeUndefined(), state);
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  }, 120_000);
});
