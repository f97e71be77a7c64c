/** Rotation for consumers: Secrets Manager keeps a key's current token in an application's secret, and nobody sees an interruption. */
import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type DescribeSecretCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { createKeyId, createToken } from '../../lambdas/keys/token.js';
import { call, createKey, until } from './gateway-client.js';
import { startLocalCloud, type RunningLocalCloud } from './local-cloud.js';
import { testAssembly } from './shared-assembly.js';

let cloud: RunningLocalCloud;
let base: string;
let bootstrap: string;
let rotationFunction: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly: await testAssembly() });
  base = cloud.gatewayUrl;
  bootstrap = cloud.adminKey;
  rotationFunction = cloud.outputs['KeyRotationFunctionArn'] ?? '';
}, 240_000);
afterAll(() => cloud.stop());

const knock = async (key: string) => (await call(base, 'GET', '/fax/none', { key })).status;
const inForce = 404;
const keyShape = z.looseObject({ version: z.number(), secrets: z.array(z.looseObject({ version: z.number(), live: z.boolean(), ends_at: z.nullable(z.string()) })) });
const readKey = async (id: string) => keyShape.parse((await call(base, 'GET', `/admin/api-keys/${id}`, { key: bootstrap })).body);
const valueShape = z.looseObject({ token: z.string() });

async function createSecret(value: object): Promise<string> {
  const { ARN = '' } = await cloud.clients.secrets.send(new CreateSecretCommand({ Name: `faxbot/dev/${randomUUID()}`, SecretString: JSON.stringify(value) }));
  return ARN;
}

const rotateSecret = (secret: string) =>
  cloud.clients.secrets.send(new RotateSecretCommand({ SecretId: secret, RotationLambdaARN: rotationFunction, RotationRules: { AutomaticallyAfterDays: 30 } }));
const describeSecret = (secret: string) => cloud.clients.secrets.send(new DescribeSecretCommand({ SecretId: secret }));
const valueOf = async (secret: string) => valueShape.parse(JSON.parse((await cloud.clients.secrets.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString ?? ''));
const isCurrent = (version: string | undefined) => (secret: DescribeSecretCommandOutput) => secret.VersionIdsToStages?.[version ?? '']?.includes('AWSCURRENT') === true;

/** Runs one step as Secrets Manager does; gives the words of its failure, or undefined. */
async function step(name: string, secret: string, version: string): Promise<string | undefined> {
  const payload = JSON.stringify({ Step: name, SecretId: secret, ClientRequestToken: version });
  const { FunctionError, Payload = new Uint8Array() } = await cloud.clients.lambda.send(new InvokeCommand({ FunctionName: rotationFunction, Payload: Buffer.from(payload) }));
  return FunctionError === undefined ? undefined : z.object({ errorMessage: z.string() }).parse(JSON.parse(Buffer.from(Payload).toString('utf8'))).errorMessage;
}

describe('a secret that Secrets Manager rotates', () => {
  it('gets a new token of the same key, keeps what else stands in it, and the old token stays in force for the overlap', async () => {
    const { key_id, token } = await createKey(base, bootstrap, { name: 'consumer' });
    const secret = await createSecret({ token, url: 'https://fax.example.org' });
    const { VersionId } = await rotateSecret(secret);
    await until(() => describeSecret(secret), isCurrent(VersionId));
    const value = await valueOf(secret);
    expect(value).toMatchObject({ key_id, url: 'https://fax.example.org' });
    expect(value.token).not.toBe(token);
    await until(() => readKey(key_id), ({ secrets }) => secrets[0]?.ends_at !== null);
    expect([await knock(token), await knock(value.token)]).toEqual([inForce, inForce]);
    const [older] = (await readKey(key_id)).secrets;
    const hours = (Date.parse(older?.ends_at ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
  });

  it('never shows its reader a token that is refused, whatever moment it reads in', async () => {
    const { token } = await createKey(base, bootstrap);
    const secret = await createSecret({ token });
    const { VersionId } = await rotateSecret(secret);
    const seen = new Set<string>();
    await until(
      async () => {
        const { token: read } = await valueOf(secret);
        seen.add(read);
        expect(await knock(read)).toBe(inForce);
        return describeSecret(secret);
      },
      (described) => isCurrent(VersionId)(described) && seen.size === 2,
    );
  });
});

describe('each step', () => {
  it('may be run twice and changes nothing the second time', async () => {
    const { key_id, token } = await createKey(base, bootstrap);
    const secret = await createSecret({ token });
    const version = randomUUID();
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      expect(await step(name, secret, version)).toBeUndefined();
      const [stages, { version: keyVersion }] = [(await describeSecret(secret)).VersionIdsToStages, await readKey(key_id)];
      expect(await step(name, secret, version)).toBeUndefined();
      expect((await describeSecret(secret)).VersionIdsToStages).toEqual(stages);
      expect((await readKey(key_id)).version).toBe(keyVersion);
    }
    expect((await readKey(key_id)).secrets.map(({ version: number, live }) => [number, live])).toEqual([
      [1, true],
      [2, true],
    ]);
  });

  it('that fails its test leaves the old token in force, without an end, and the next rotation succeeds', async () => {
    const { key_id, token } = await createKey(base, bootstrap);
    const secret = await createSecret({ token });
    const failed = randomUUID();
    await step('createSecret', secret, failed);
    // The hash of the pending token was never set: the gateway does not know it.
    expect(await step('testSecret', secret, failed)).toBe(`The gateway refuses the token of the key ${key_id} that the secret would hold: the old one stays`);
    await step('setSecret', secret, failed);
    expect((await readKey(key_id)).secrets.map(({ ends_at }) => ends_at)).toEqual([null, null]);

    const next = randomUUID();
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) expect([name, await step(name, secret, next)]).toEqual([name, undefined]);
    const value = await valueOf(secret);
    expect([await knock(token), await knock(value.token)]).toEqual([inForce, inForce]);
    expect((await readKey(key_id)).secrets.map(({ version }) => version)).toEqual([1, 3]);
  });

  it('works for a key with ranges of addresses, from which this function does not come', async () => {
    const { token } = await createKey(base, bootstrap, { allowed_ips: ['192.0.2.0/24'] });
    const secret = await createSecret({ token });
    const version = randomUUID();
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) expect([name, await step(name, secret, version)]).toEqual([name, undefined]);
  });
});

describe('what can not be rotated', () => {
  it.each([
    ['no JSON', 'plain text', 'The secret holds no API key: its value has to be JSON such as {"token": "fbk_live_..."}'],
    ['no token', '{"user":"me"}', 'The secret holds no API key: its value has to be JSON such as {"token": "fbk_live_..."}'],
    ['a token that is none of ours', '{"token":"secret-of-another-kind"}', 'The secret holds no API key of this gateway: its value has to be {"token": "fbk_live_..."}'],
  ])('%s: the function says what to do, and never repeats the value', async (_, text, message) => {
    const secret = await createSecret({});
    await cloud.clients.secrets.send(new PutSecretValueCommand({ SecretId: secret, SecretString: text }));
    expect(await step('createSecret', secret, randomUUID())).toBe(message);
  });

  it('a key that does not exist, or is not in force', async () => {
    const unknown = createKeyId();
    expect(await step('createSecret', await createSecret({ token: createToken(unknown) }), randomUUID())).toBe(`There is no key ${unknown}: put the token of a key in force into the secret`);
    const { key_id, token } = await createKey(base, bootstrap);
    await call(base, 'DELETE', `/admin/api-keys/${key_id}`, { key: bootstrap });
    const [secret, version] = [await createSecret({ token }), randomUUID()];
    expect(await step('createSecret', secret, version)).toBeUndefined();
    expect(await step('setSecret', secret, version)).toContain('not in force');
  });

  it('a secret of another name: the function has no permission', async () => {
    const { token } = await createKey(base, bootstrap);
    const { ARN = '' } = await cloud.clients.secrets.send(new CreateSecretCommand({ Name: `other/${randomUUID()}`, SecretString: JSON.stringify({ token }) }));
    expect(await step('createSecret', ARN, randomUUID())).toContain('not authorized to perform: secretsmanager:GetSecretValue');
  });
});
