/** KMS: keys and aliases of the template. What uses a key (S3, Secrets Manager, DynamoDB) asks for its permission itself. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { resourceType } from '../cloud/resource.js';
import { AwsError } from '../cloud/service.js';
import { checkedOperation, jsonService } from './aws-json.js';
import { DurableFile } from './durable-file.js';
import { keyPolicy, leavesTheKeyToIdentityPolicies } from './key-policy.js';

const keyProperties = z.strictObject({
  Description: z.string().max(8192).optional(),
  Enabled: z.literal(true, { error: 'no service here refuses a disabled key' }).optional(),
  EnableKeyRotation: z.boolean().optional(),
  KeyPolicy: keyPolicy.optional(),
  KeySpec: z.literal('SYMMETRIC_DEFAULT').optional(),
  KeyUsage: z.literal('ENCRYPT_DECRYPT').optional(),
  MultiRegion: z.literal(false).optional(),
  Origin: z.literal('AWS_KMS').optional(),
});

const aliasProperties = z.strictObject({
  AliasName: z.string().regex(/^alias\/(?!aws\/)[\w/-]{1,250}$/, 'an alias is alias/ and letters, digits, _ / -'),
  TargetKeyId: z.string().min(1),
});

interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description: string;
  readonly rotates: boolean;
}

const notEncryptedHere =
  'nothing here is encrypted at rest; services only check the permission to use the key. Read and write through the service that owns the data';

/**
 * KMS for the local cloud.
 * @param dependencies the state folder keeps the key ids over restarts
 */
export function createKms(dependencies: ModuleDependencies): CloudModule {
  const { accountId, region } = dependencies.identity;
  const arnPrefix = `arn:aws:kms:${region}:${accountId}:`;
  const file = new DurableFile(
    join(dependencies.stateDirectory, 'keys.json'),
    z.record(z.string(), z.object({ keyId: z.string(), createdAt: z.number() })),
  );
  const stored = { ...file.read() };
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();

  function findKey(name: string): Key | undefined {
    const local = name.startsWith(arnPrefix) ? name.slice(arnPrefix.length).replace(/^key\//, '') : name;
    return keys.get(aliases.get(local) ?? local);
  }

  const key = resourceType({
    type: 'AWS::KMS::Key',
    properties: keyProperties,
    inert: {
      PendingWindowInDays: 'Deletion waits on AWS only; here a key ends with its state folder.',
      RotationPeriodInDays: 'Nothing is encrypted with the key here, so its material never rotates.',
      BypassPolicyLockoutSafetyCheck: 'A check that AWS makes while it creates the key.',
      Tags: 'Tags label resources for billing and search.',
    },
    async create({ logicalId, properties }) {
      if (properties.KeyPolicy !== undefined && !leavesTheKeyToIdentityPolicies(properties.KeyPolicy, accountId))
        throw new Error('KeyPolicy must allow kms:* on * to the account root: the local cloud evaluates identity policies only.');
      let entry = stored[logicalId];
      if (entry === undefined) {
        entry = { keyId: randomUUID(), createdAt: Date.now() };
        stored[logicalId] = entry;
        file.write(stored);
      }
      const arn = `${arnPrefix}key/${entry.keyId}`;
      keys.set(entry.keyId, {
        ...entry,
        arn,
        description: properties.Description ?? '',
        rotates: properties.EnableKeyRotation ?? false,
      });
      return { ref: entry.keyId, attributes: { Arn: arn, KeyId: entry.keyId } };
    },
  });

  const alias = resourceType({
    type: 'AWS::KMS::Alias',
    properties: aliasProperties,
    inert: {},
    async create({ properties }) {
      const target = findKey(properties.TargetKeyId);
      if (target === undefined) throw new Error(`TargetKeyId ${properties.TargetKeyId} is no key of this template.`);
      aliases.set(properties.AliasName, target.keyId);
      return { ref: properties.AliasName, attributes: {} };
    },
  });

  const service = jsonService({
    signingName: 'kms',
    targetPrefix: 'TrentService',
    version: '1.1',
    operations: {
      DescribeKey: checkedOperation('kms DescribeKey', 'ValidationException', z.strictObject({ KeyId: z.string() }), ({ KeyId }, principal) => {
        const found = findKey(KeyId);
        dependencies.authorize(principal, 'kms:DescribeKey', found?.arn ?? `${arnPrefix}key/${KeyId}`);
        if (found === undefined) throw new AwsError('NotFoundException', `Key '${KeyId}' does not exist`, 400);
        return { KeyMetadata: keyMetadata(found, accountId) };
      }),
      GetKeyRotationStatus: checkedOperation('kms GetKeyRotationStatus', 'ValidationException', z.strictObject({ KeyId: z.string() }), ({ KeyId }, principal) => {
        const found = findKey(KeyId);
        dependencies.authorize(principal, 'kms:GetKeyRotationStatus', found?.arn ?? `${arnPrefix}key/${KeyId}`);
        if (found === undefined) throw new AwsError('NotFoundException', `Key '${KeyId}' does not exist`, 400);
        return { KeyId: found.arn, KeyRotationEnabled: found.rotates };
      }),
      ListKeys: checkedOperation('kms ListKeys', 'ValidationException', z.strictObject({ Limit: limit.optional() }), (_, principal) => {
        dependencies.authorize(principal, 'kms:ListKeys', '*');
        return { Keys: [...keys.values()].map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), Truncated: false };
      }),
      ListAliases: checkedOperation('kms ListAliases', 'ValidationException', z.strictObject({ Limit: limit.optional(), KeyId: z.string().optional() }), ({ KeyId }, principal) => {
        dependencies.authorize(principal, 'kms:ListAliases', '*');
        const wanted = KeyId === undefined ? undefined : findKey(KeyId)?.keyId;
        return {
          Aliases: [...aliases]
            .filter(([, target]) => KeyId === undefined || target === wanted)
            .map(([name, target]) => ({ AliasName: name, AliasArn: `${arnPrefix}${name}`, TargetKeyId: target })),
          Truncated: false,
        };
      }),
    },
    notBuilt: { Encrypt: notEncryptedHere, Decrypt: notEncryptedHere, GenerateDataKey: notEncryptedHere },
  });

  return { services: [service], resourceTypes: [key, alias], close: async () => {} };
}

/** A template has few keys: every list fits on one page, and a smaller page is not built. */
const limit = z.number().int().min(100, 'the local cloud gives all keys on one page').max(1000);

function keyMetadata(key: Key, accountId: string): object {
  return {
    AWSAccountId: accountId,
    Arn: key.arn,
    KeyId: key.keyId,
    CreationDate: key.createdAt / 1000,
    Description: key.description,
    Enabled: true,
    KeyState: 'Enabled',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    Origin: 'AWS_KMS',
  };
}
