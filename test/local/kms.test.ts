/** Keys and aliases of the template. The requests are written by hand: nothing else in the repository needs the KMS client. */
import { request } from 'node:http';
import { sign } from 'aws4';
import type { CloudModule } from '../../local/cloud/module.js';
import { createKms } from '../../local/kms/kms.js';
import { containing, startOneModule, type OneModule } from './one-module.js';

let cloud: OneModule<CloudModule>;
beforeEach(async () => {
  cloud = await startOneModule(createKms);
});
afterEach(() => cloud.close());

const toRoot = (changes: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, ...changes }],
});
const createKey = (changes: object = {}) => cloud.create('AWS::KMS::Key', { KeyPolicy: toRoot(), EnableKeyRotation: true, ...changes }, 'Documents');

async function call(operation: string, input: object): Promise<{ status: number | undefined; answer: unknown }> {
  const { host, hostname, port } = new URL(cloud.endpointUrl);
  const signed = sign(
    { host, path: '/', method: 'POST', service: 'kms', region: 'us-east-1', body: JSON.stringify(input), headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `TrentService.${operation}` } },
    cloud.function.credentials,
  );
  return new Promise((resolve, reject) => {
    request({ method: 'POST', path: '/', headers: signed.headers ?? {}, hostname, port }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const answer: unknown = JSON.parse(text);
        resolve({ status: response.statusCode, answer });
      });
    }).on('error', reject).end(signed.body);
  });
}

test('a key has the same id after a restart', async () => {
  const { ref, attributes } = await createKey();
  expect(attributes).toEqual({ KeyId: ref, Arn: `arn:aws:kms:us-east-1:000000000000:key/${ref}` });
  await cloud.restart();
  expect((await createKey()).ref).toBe(ref);
});

test('a key is described by id, ARN and alias, for who may', async () => {
  const { ref, attributes } = await createKey();
  await cloud.create('AWS::KMS::Alias', { AliasName: 'alias/documents', TargetKeyId: attributes['Arn'] });
  for (const KeyId of [ref, attributes['Arn'], 'alias/documents', 'arn:aws:kms:us-east-1:000000000000:alias/documents'])
    expect((await call('DescribeKey', { KeyId })).answer).toMatchObject({ KeyMetadata: { Arn: attributes['Arn'], KeyState: 'Enabled' } });
  expect((await call('ListAliases', {})).answer).toMatchObject({ Aliases: [{ AliasName: 'alias/documents', TargetKeyId: ref }] });
  expect((await call('ListKeys', {})).answer).toMatchObject({ Keys: [{ KeyId: ref }] });
  cloud.denied.add(`kms:DescribeKey ${attributes['Arn'] ?? ''}`);
  expect(await call('DescribeKey', { KeyId: ref })).toMatchObject({ status: 400, answer: { __type: 'AccessDeniedException' } });
});

test('encryption itself is not built, and says what to do', async () => {
  expect(await call('Decrypt', { CiphertextBlob: 'AAAA' })).toMatchObject({ status: 501, answer: { __type: 'NotImplemented', message: containing('service that owns the data') } });
});

test.each([
  ['keeps the account out', { KeyPolicy: toRoot({ Principal: { AWS: 'arn:aws:iam::000000000000:role/other' } }) }],
  ['asks for a condition', { KeyPolicy: toRoot({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }) }],
  ['denies', { KeyPolicy: toRoot({ Effect: 'Deny' }) }],
  ['is asymmetric', { KeySpec: 'RSA_2048' }],
])('a key that %s stops the start', async (_, changes) => {
  await expect(createKey(changes)).rejects.toThrow();
});
