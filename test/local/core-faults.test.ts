/** Injected faults: a call of a function is refused, cut off or kills its caller, before the work or after. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { signedCaller, startCore, type CoreCloud } from './core-assembly.js';
import type { DeliveryRule, FaultRule } from '../../local/endpoint/faults.js';

let cloud: CoreCloud;
let secrets: SecretsManagerClient;

beforeEach(async () => {
  cloud = await startCore(
    {
      resources: { Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'secret', SecretString: 'first' } } },
      functions: { Writer: { source: signedCaller, statements: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' }] } },
    },
    { faults: true },
  );
  secrets = new SecretsManagerClient({ endpoint: cloud.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
});
afterEach(async () => {
  secrets.destroy();
  await cloud.end();
});

const stored = async (): Promise<string | undefined> => (await secrets.send(new GetSecretValueCommand({ SecretId: 'secret' }))).SecretString;
const write = (value: string) =>
  cloud.invoke('Writer', {
    service: 'secretsmanager',
    method: 'POST',
    path: '/',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'secretsmanager.PutSecretValue' },
    body: JSON.stringify({ SecretId: 'secret', SecretString: value, ClientRequestToken: `${value}-0000000000000000000000000000000000` }),
  });
const control = async (method: string, rule?: FaultRule | DeliveryRule): Promise<unknown> => {
  const response = await fetch(`${cloud.endpointUrl}/_faults`, { method, ...(rule === undefined ? {} : { body: JSON.stringify(rule) }) });
  return response.ok ? response.json() : response.text();
};
const rule = (when: 'before' | 'after', effect: FaultRule['effect'], more: Partial<FaultRule> = {}): FaultRule => ({
  function: 'Writer',
  action: 'secretsmanager:PutSecretValue',
  when,
  effect,
  ...more,
});

test('killed before the work: the caller is gone and nothing was done', async () => {
  await control('POST', rule('before', 'kill-function'));
  expect((await write('second')).result).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('killed') });
  expect(await stored()).toBe('first');
  expect((await write('third')).result).toMatchObject({ status: 200 });
});

test('killed after the work: the caller is gone and the work is done', async () => {
  await control('POST', rule('after', 'kill-function'));
  expect((await write('second')).result).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(await stored()).toBe('second');
});

test('a connection that drops after the work', async () => {
  await control('POST', rule('after', 'drop-connection'));
  expect((await write('second')).result).toMatchObject({ errorMessage: 'socket hang up' });
  expect(await stored()).toBe('second');
});

test.each([['before', 'first'], ['after', 'second']] as const)('an error %s the work', async (when, value) => {
  await control('POST', rule(when, 'error', { code: 'ThrottlingException', status: 400 }));
  expect((await write('second')).result).toEqual({ status: 400, body: expect.stringContaining('ThrottlingException') });
  expect(await stored()).toBe(value);
});

test('only the nth call of that function is meant; what fired can be read, and all can be cleared', async () => {
  await control('POST', rule('before', 'error', { nth: 2 }));
  expect((await write('second')).result).toMatchObject({ status: 200 });
  expect((await write('third')).result).toMatchObject({ status: 500 });
  expect((await write('fourth')).result).toMatchObject({ status: 200 });
  expect(await control('GET')).toMatchObject({ rules: [{ nth: 2, seen: 2, fired: true }] });
  expect(await control('DELETE')).toMatchObject({ rules: [] });
});

test('at a rate, calls of any function and action fail again and again, by the seed', async () => {
  await control('POST', rule('before', 'error', { function: '*', action: 'secretsmanager:*', rate: 1 }));
  for (const value of ['second', 'third']) expect((await write(value)).result).toMatchObject({ status: 500 });
  expect(await control('GET')).toMatchObject({ rules: [{ seen: 2, times: 2, fired: true }] });
  await control('DELETE');
  await control('POST', rule('before', 'error', { rate: 0 }));
  expect((await write('fourth')).result).toMatchObject({ status: 200 });
});

test('messages are told how to come, until all faults are cleared', async () => {
  expect(await control('POST', { delivery: { duplicate: 0.5, reorder: 0.5 } })).toMatchObject({ delivery: { duplicated: 0, reordered: 0, delayed: 0 } });
  expect(await control('POST', { delivery: { duplicate: 2 } })).toContain('delivery');
});

test('a rule that makes no sense is refused', async () => {
  expect(await control('POST', rule('before', 'delay'))).toContain('when must be after');
});
