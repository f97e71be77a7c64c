/** Secrets: generated and given values, staging labels, permissions, and what outlives a restart. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, GetRandomPasswordCommand, GetSecretValueCommand, ListSecretsCommand,
  ListSecretVersionIdsCommand, PutSecretValueCommand, SecretsManagerClient, UpdateSecretCommand, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { createSecretsManager } from '../../local/secretsmanager/secretsmanager.js';
import { randomPassword } from '../../local/secretsmanager/random-password.js';
import type { CloudModule } from '../../local/cloud/module.js';
import { containing, startOneModule, type OneModule } from './one-module.js';

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/1234';
const SecretId = 'Test-Pepper';
const noFunctions = {
  functions: { invoke: () => Promise.reject(new Error('there are no functions')) },
  assertMayInvoke: () => undefined,
  report: () => undefined,
};
let overrides: Map<string, string>;
let stateDirectory: string;
let cloud: OneModule<CloudModule>;
let client: SecretsManagerClient;
beforeEach(async () => {
  overrides = new Map();
  cloud = await startOneModule((dependencies) => {
    ({ stateDirectory } = dependencies);
    return createSecretsManager({ ...dependencies, overrides, ...noFunctions });
  });
  client = new SecretsManagerClient(cloud.function);
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});
const create = (properties: Readonly<Record<string, unknown>> = { GenerateSecretString: {} }) =>
  cloud.create('AWS::SecretsManager::Secret', properties, 'Pepper');
const value = async (stage?: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...(stage === undefined ? {} : { VersionStage: stage }) }))).SecretString;
const put = (SecretString: string, rest: object = {}) => client.send(new PutSecretValueCommand({ SecretId, SecretString, ...rest }));
const token = (digit: number) => String(digit).repeat(32);

describe('a secret of the template', () => {
  test('has an ARN with six random characters, which stays, as its generated value does', async () => {
    const { ref, attributes } = await create({ GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } });
    expect(ref).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:Test-Pepper-[A-Za-z0-9]{6}$/);
    expect(attributes).toEqual({ Id: ref });
    const generated = await value();
    expect(generated).toMatch(/^[A-Za-z0-9]{64}$/);
    await cloud.restart();
    expect(await create({ GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } })).toMatchObject({ ref });
    expect(await value()).toBe(generated);
  });

  test('is found by its name, its ARN, and its ARN without the random characters', async () => {
    const { ref } = await create();
    for (const id of [SecretId, ref, ref.slice(0, -7)]) expect(await client.send(new GetSecretValueCommand({ SecretId: id }))).toMatchObject({ ARN: ref });
  });

  test('puts the generated value into the template text', async () => {
    await create({ GenerateSecretString: { SecretStringTemplate: '{"user":"fax"}', GenerateStringKey: 'password', PasswordLength: 10, ExcludePunctuation: true } });
    expect(await value()).toMatch(/^{"user":"fax","password":"[A-Za-z0-9]{10}"}$/);
  });

  test('takes the value of the template only when that changes', async () => {
    await create({ SecretString: 'one' });
    await put('rotated');
    await cloud.restart();
    await create({ SecretString: 'one' });
    expect(await value()).toBe('rotated');
    await create({ SecretString: 'two' });
    expect(await value()).toBe('two');
    expect(await value('AWSPREVIOUS')).toBe('rotated');
  });

  test('without a value has none', async () => {
    await create({});
    await expect(value()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('is kept in a file that only its owner reads', async () => {
    await create();
    expect(statSync(join(stateDirectory, 'secrets.json')).mode & 0o777).toBe(0o600);
  });
});

describe('a value given at the start', () => {
  test('replaces the current one as a new version, and stays when it is not given again', async () => {
    await create({ SecretString: 'template' });
    overrides.set('Pepper', 'given');
    await cloud.restart();
    await create({ SecretString: 'template' });
    expect([await value(), await value('AWSPREVIOUS')]).toEqual(['given', 'template']);
    overrides.clear();
    await cloud.restart();
    await create({ SecretString: 'template' });
    expect(await value()).toBe('given');
  });

  test('for a secret that is not in the template stops the start', async () => {
    overrides.set('Peper', 'x');
    await create();
    await expect(cloud.module.start?.()).rejects.toThrow(/Peper.*Pepper/);
  });
});

describe('staging labels', () => {
  beforeEach(async () => {
    await create({ SecretString: 'first' });
  });
  const stages = async () =>
    Object.values((await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {}).map((labels) => [...labels].sort()).sort();

  test('a put moves AWSCURRENT, and AWSPREVIOUS follows it', async () => {
    await put('second');
    await put('third');
    expect([await value(), await value('AWSPREVIOUS')]).toEqual(['third', 'second']);
    expect(await stages()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
    const labelled = await client.send(new ListSecretVersionIdsCommand({ SecretId }));
    const all = await client.send(new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true }));
    expect([labelled.Versions?.length, all.Versions?.length]).toEqual([2, 3]);
  });

  test('a rotation: pending first, then current by moving the label', async () => {
    const { VersionId: old } = await client.send(new GetSecretValueCommand({ SecretId }));
    await put('next', { ClientRequestToken: token(1), VersionStages: ['AWSPENDING'] });
    expect([await value(), await value('AWSPENDING')]).toEqual(['first', 'next']);
    const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: token(1) };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: old }));
    expect([await value(), await value('AWSPREVIOUS')]).toEqual(['next', 'first']);
    expect(await stages()).toEqual([['AWSCURRENT', 'AWSPENDING'], ['AWSPREVIOUS']]);
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: token(1) }));
    await expect(value('AWSPENDING')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('the same token with the same value is a retry, with another value a conflict', async () => {
    await put('second', { ClientRequestToken: token(2) });
    await put('second', { ClientRequestToken: token(2) });
    await expect(put('other', { ClientRequestToken: token(2) })).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect([await value(), await value('AWSPREVIOUS')]).toEqual(['second', 'first']);
  });

  test('a version must hold the label that is asked for with it', async () => {
    const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId }));
    await expect(client.send(new GetSecretValueCommand({ SecretId, VersionId, VersionStage: 'AWSPENDING' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('permissions', () => {
  test('reading asks for the secret and for its key; writing for the key both ways', async () => {
    const { ref } = await create({ SecretString: 'x', KmsKeyId: keyArn });
    await value();
    expect(cloud.asked).toEqual([`secretsmanager:GetSecretValue ${ref}`, `kms:Decrypt ${keyArn}`]);
    cloud.asked.length = 0;
    await put('y');
    expect(cloud.asked).toEqual([`secretsmanager:PutSecretValue ${ref}`, `kms:GenerateDataKey ${keyArn}`, `kms:Decrypt ${keyArn}`]);
    cloud.denied.add(`kms:Decrypt ${keyArn}`);
    await expect(value()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('who may not read does not learn whether a secret exists', async () => {
    cloud.denied.add('secretsmanager:GetSecretValue');
    await expect(value()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test('secrets made over the API are listed, updated and kept', async () => {
  await client.send(new CreateSecretCommand({ Name: 'mine', SecretBinary: Buffer.from([1, 2]), Description: 'd' }));
  await expect(client.send(new CreateSecretCommand({ Name: 'mine', SecretString: 'x' }))).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect((await client.send(new GetSecretValueCommand({ SecretId: 'mine' }))).SecretBinary).toEqual(new Uint8Array([1, 2]));
  await client.send(new UpdateSecretCommand({ SecretId: 'mine', Description: 'changed' }));
  await cloud.restart();
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toMatchObject([{ Name: 'mine', Description: 'changed' }]);
});

test('what is not built says so', async () => {
  await create();
  await expect(client.send(new DeleteSecretCommand({ SecretId }))).rejects.toMatchObject({ name: 'NotImplemented', message: containing('--reset') });
  await expect(client.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['x'] }] }))).rejects.toMatchObject({ name: 'NotImplemented', message: containing('Filters') });
});

describe('random passwords', () => {
  test('are 32 characters with one of each type, over the API, too', async () => {
    const { RandomPassword: password = '' } = await client.send(new GetRandomPasswordCommand({}));
    expect(password).toHaveLength(32);
    for (const type of [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]) expect(password).toMatch(type);
    expect(password).not.toContain(' ');
  });

  test('leave out what is excluded', () => {
    for (let round = 0; round < 50; round++)
      expect(randomPassword({ PasswordLength: 4, ExcludeCharacters: 'abcdef', ExcludePunctuation: true, IncludeSpace: true })).toMatch(/^(?=.*[g-z])(?=.*[A-Z])(?=.*\d)(?=.* ).{4}$/);
  });

  test('need not have each type', () => {
    expect(randomPassword({ PasswordLength: 1, RequireEachIncludedType: false })).toHaveLength(1);
    expect(() => randomPassword({ PasswordLength: 3 })).toThrow('no room');
    expect(() => randomPassword({ ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true })).toThrow('exclude every character');
  });
});
