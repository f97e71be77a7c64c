/** The operations of the Secrets Manager API that are built here. */
import { randomUUID } from 'node:crypto';
import { z, type ZodType } from 'zod';
import type { ModuleDependencies } from '../cloud/module.js';
import { AwsError, type Principal } from '../cloud/service.js';
import { checkedOperation, type JsonOperation } from '../kms/aws-json.js';
import { passwordOptions, randomPassword } from './random-password.js';
import { nextWindow } from './rotation.js';
import { moveLabel, putVersion, selectVersion, versionWithLabel, type Secret } from './secret.js';
import type { SecretStore } from './secret-store.js';

const name = z.string().regex(/^[\w/+=.@-]{1,512}$/, 'a name has letters, digits and / _ + = . @ -, at most 512');
const token = z.string().min(32).max(64);
const label = z.string().min(1).max(256);
const value = {
  SecretString: z.string().min(1).max(65_536).optional(),
  SecretBinary: z.base64().min(1).max(87_384).optional(),
};
const page = {
  MaxResults: z.number().int().min(1).max(100).optional(),
  NextToken: z.string().optional(),
};
export const kmsKeyArn = z
  .string()
  .regex(/^arn:aws:kms:[\w-]+:\d+:key\/[\w-]+$/, 'the local cloud wants the ARN of the key (not an alias or bare id)');

export interface SecretOperations {
  readonly store: SecretStore;
  readonly authorize: ModuleDependencies['authorize'];
  /** Milliseconds. */
  readonly clock: () => number;
}

/** The operations by name. */
export function secretOperations({ store, authorize, clock }: SecretOperations): Readonly<Record<string, JsonOperation>> {
  function operation<Input>(
    operationName: string,
    schema: ZodType<Input>,
    run: (input: Input, principal: Principal) => object,
  ): Record<string, JsonOperation> {
    return {
      [operationName]: checkedOperation(`secretsmanager ${operationName}`, 'InvalidParameterException', schema, run),
    };
  }

  /** The permission is asked before anyone learns whether the secret exists. */
  function authorized(principal: Principal, action: string, secretId: string): Secret {
    authorize(principal, `secretsmanager:${action}`, store.find(secretId)?.arn ?? store.arnOf(secretId));
    return store.get(secretId);
  }

  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html: writing asks for both.
  function authorizeKey(principal: Principal, kmsKeyId: string | undefined, use: 'read' | 'write'): void {
    if (kmsKeyId === undefined) return;
    if (use === 'write') authorize(principal, 'kms:GenerateDataKey', kmsKeyId);
    authorize(principal, 'kms:Decrypt', kmsKeyId);
  }

  return {
    ...operation(
      'GetSecretValue',
      z.strictObject({ SecretId: z.string().min(1), VersionId: z.string().optional(), VersionStage: label.optional() }),
      ({ SecretId, VersionId, VersionStage }, principal) => {
        const secret = authorized(principal, 'GetSecretValue', SecretId);
        authorizeKey(principal, secret.kmsKeyId, 'read');
        const { id, version } = selectVersion(secret, VersionId, VersionStage);
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: id,
          VersionStages: version.stages,
          CreatedDate: version.createdAt / 1000,
          SecretString: version.secretString,
          SecretBinary: version.secretBinary,
        };
      },
    ),
    ...operation(
      'PutSecretValue',
      z.strictObject({
        SecretId: z.string().min(1),
        ClientRequestToken: token.optional(),
        VersionStages: z.array(label).min(1).max(20).optional(),
        ...value,
      }),
      ({ SecretId, ClientRequestToken, VersionStages, SecretString, SecretBinary }, principal) => {
        const secret = authorized(principal, 'PutSecretValue', SecretId);
        authorizeKey(principal, secret.kmsKeyId, 'write');
        const id = ClientRequestToken ?? randomUUID();
        const changed = putVersion(secret, id, oneValue(SecretString, SecretBinary), VersionStages, clock());
        if (changed !== secret) store.save(changed);
        return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: changed.versions[id]?.stages ?? [] };
      },
    ),
    ...operation(
      'CreateSecret',
      z.strictObject({
        Name: name,
        ClientRequestToken: token.optional(),
        Description: z.string().max(2048).optional(),
        KmsKeyId: kmsKeyArn.optional(),
        ...value,
      }),
      ({ Name, ClientRequestToken, Description, KmsKeyId, SecretString, SecretBinary }, principal) => {
        const existing = store.byName(Name);
        authorize(principal, 'secretsmanager:CreateSecret', existing?.arn ?? store.newArn(Name));
        const id = ClientRequestToken ?? randomUUID();
        const hasValue = SecretString !== undefined || SecretBinary !== undefined;
        if (hasValue) authorizeKey(principal, KmsKeyId, 'write');
        const versionOf = (secret: Secret): Secret =>
          hasValue ? putVersion(secret, id, oneValue(SecretString, SecretBinary), undefined, clock()) : secret;
        if (existing !== undefined) {
          // The same token with the same value is a retry of the request that made the secret.
          if (existing.versions[id] !== undefined && versionOf(existing) === existing)
            return { ARN: existing.arn, Name, VersionId: id };
          throw new AwsError('ResourceExistsException', `The operation failed because the secret ${Name} already exists.`, 400);
        }
        const secret = versionOf({
          arn: store.newArn(Name),
          name: Name,
          description: Description,
          kmsKeyId: KmsKeyId,
          createdAt: clock(),
          changedAt: clock(),
          versions: {},
        });
        store.save(secret);
        return { ARN: secret.arn, Name, VersionId: hasValue ? id : undefined };
      },
    ),
    ...operation(
      'UpdateSecret',
      z.strictObject({
        SecretId: z.string().min(1),
        ClientRequestToken: token.optional(),
        Description: z.string().max(2048).optional(),
        KmsKeyId: kmsKeyArn.optional(),
        ...value,
      }),
      ({ SecretId, ClientRequestToken, Description, KmsKeyId, SecretString, SecretBinary }, principal) => {
        const secret = authorized(principal, 'UpdateSecret', SecretId);
        const described: Secret = {
          ...secret,
          description: Description ?? secret.description,
          kmsKeyId: KmsKeyId ?? secret.kmsKeyId,
          changedAt: clock(),
        };
        authorizeKey(principal, described.kmsKeyId, 'write');
        if (SecretString === undefined && SecretBinary === undefined) {
          store.save(described);
          return { ARN: secret.arn, Name: secret.name };
        }
        const id = ClientRequestToken ?? randomUUID();
        store.save(putVersion(described, id, oneValue(SecretString, SecretBinary), undefined, clock()));
        return { ARN: secret.arn, Name: secret.name, VersionId: id };
      },
    ),
    ...operation(
      'UpdateSecretVersionStage',
      z.strictObject({
        SecretId: z.string().min(1),
        VersionStage: label,
        MoveToVersionId: z.string().optional(),
        RemoveFromVersionId: z.string().optional(),
      }),
      ({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }, principal) => {
        const secret = authorized(principal, 'UpdateSecretVersionStage', SecretId);
        store.save(moveLabel(secret, VersionStage, MoveToVersionId, RemoveFromVersionId, clock()));
        return { ARN: secret.arn, Name: secret.name };
      },
    ),
    ...operation('DescribeSecret', z.strictObject({ SecretId: z.string().min(1) }), ({ SecretId }, principal) => {
      const secret = authorized(principal, 'DescribeSecret', SecretId);
      return { ...description(secret), VersionIdsToStages: labelledVersions(secret) };
    }),
    ...operation(
      'ListSecretVersionIds',
      z.strictObject({ SecretId: z.string().min(1), IncludeDeprecated: z.boolean().optional(), ...page }),
      ({ SecretId, IncludeDeprecated, MaxResults, NextToken }, principal) => {
        const secret = authorized(principal, 'ListSecretVersionIds', SecretId);
        const versions = Object.entries(secret.versions)
          .filter(([, { stages }]) => IncludeDeprecated === true || stages.length > 0)
          .map(([id, { createdAt, stages }]) => ({ VersionId: id, CreatedDate: createdAt / 1000, VersionStages: stages }));
        const { items, next } = paged(versions, MaxResults, NextToken);
        return { ARN: secret.arn, Name: secret.name, Versions: items, NextToken: next };
      },
    ),
    ...operation(
      'ListSecrets',
      z.strictObject({ ...page, SortOrder: z.enum(['asc', 'desc']).optional(), IncludePlannedDeletion: z.boolean().optional() }),
      ({ MaxResults, NextToken, SortOrder }, principal) => {
        authorize(principal, 'secretsmanager:ListSecrets', '*');
        const direction = SortOrder === 'asc' ? 1 : -1;
        const secrets = [...store.all()].sort((one, other) => direction * (one.createdAt - other.createdAt));
        const { items, next } = paged(secrets, MaxResults, NextToken);
        return {
          SecretList: items.map((secret) => ({ ...description(secret), SecretVersionsToStages: labelledVersions(secret) })),
          NextToken: next,
        };
      },
    ),
    ...operation('GetRandomPassword', passwordOptions, (options, principal) => {
      authorize(principal, 'secretsmanager:GetRandomPassword', '*');
      try {
        return { RandomPassword: randomPassword(options) };
      } catch (error) {
        throw new AwsError('InvalidParameterException', error instanceof Error ? error.message : String(error), 400);
      }
    }),
  };
}

function oneValue(secretString: string | undefined, secretBinary: string | undefined) {
  if ((secretString === undefined) === (secretBinary === undefined))
    throw new AwsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary, and not both.', 400);
  return { secretString, secretBinary };
}

function description(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    CreatedDate: secret.createdAt / 1000,
    LastChangedDate: secret.changedAt / 1000,
    ...rotationDescription(secret),
  };
}

function rotationDescription(secret: Secret): object {
  const { rotation } = secret;
  if (rotation === undefined) return {};
  const { enabled, functionArn, rules, lastRotatedAt } = rotation;
  const setUp = { RotationEnabled: enabled, RotationLambdaARN: functionArn, RotationRules: rules };
  if (!enabled) return setUp;
  const next = nextWindow(secret)?.closesAt;
  return {
    ...setUp,
    LastRotatedDate: lastRotatedAt === undefined ? undefined : lastRotatedAt / 1000,
    NextRotationDate: next === undefined ? undefined : next / 1000,
  };
}

function labelledVersions(secret: Secret): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(secret.versions).flatMap(([id, { stages }]) => (stages.length > 0 ? [[id, stages]] : [])),
  );
}

function paged<Item>(items: readonly Item[], size: number | undefined, pageToken: string | undefined) {
  const start = Number(pageToken ?? 0);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidNextTokenException', 'The NextToken is not one that this operation gave.', 400);
  const end = start + (size ?? 100);
  return { items: items.slice(start, end), next: end < items.length ? String(end) : undefined };
}

/** The value that a secret has now, where it has one. */
export function currentValue(secret: Secret): string | undefined {
  const id = versionWithLabel(secret, 'AWSCURRENT');
  return id === undefined ? undefined : secret.versions[id]?.secretString;
}
