/** Secrets Manager: the secrets of the template, generated or given by the person who starts the cloud, their API and rotation. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FunctionInvoker, Invoker } from '../cloud/function-invoker.js';
import type { ReadSecret } from '../cloud/dynamic-references.js';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import { resourceType } from '../cloud/resource.js';
import { AwsError } from '../cloud/service.js';
import { jsonService } from '../kms/aws-json.js';
import { systemTimers, type Timers } from '../scheduler/timers.js';
import { currentValue, kmsKeyArn, secretOperations } from './operations.js';
import { passwordOptions, randomPassword } from './random-password.js';
import { rotationOperations, type RotationOperations } from './rotation-operations.js';
import { RotationSchedules } from './rotation-schedule.js';
import { rotationInvoker, Rotator } from './rotator.js';
import { putVersion, type Secret } from './secret.js';
import { SecretStore } from './secret-store.js';

const generateSecretString = passwordOptions.extend({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().min(1).optional(),
});

const secretProperties = z
  .strictObject({
    Name: z.string().optional(),
    Description: z.string().optional(),
    GenerateSecretString: generateSecretString.optional(),
    SecretString: z.string().optional(),
    KmsKeyId: kmsKeyArn.optional(),
  })
  .refine(
    ({ GenerateSecretString, SecretString }) => GenerateSecretString === undefined || SecretString === undefined,
    'GenerateSecretString and SecretString exclude each other',
  );

export interface SecretsManagerDependencies extends ModuleDependencies {
  /** Logical id → the value that the person gave at this start. */
  readonly overrides?: ReadonlyMap<string, string>;
  readonly functions: FunctionInvoker;
  /** @throws AwsError AccessDeniedException, ResourceNotFoundException */
  readonly assertMayInvoke: (functionArn: string, invoker: Invoker) => void;
  readonly timers?: Timers;
  /** Says something to the person at the machine. */
  readonly report: (sentence: string) => void;
}

const livesWithTheStack = 'a secret lives as long as the state folder; npm start -- --reset begins anew';

export interface SecretsManagerModule extends CloudModule {
  /** For dynamic references of the template, which whoever deploys may read. */
  readonly readSecret: ReadSecret;
}

/** Secrets Manager for the local cloud. `start` fails on an override that names no secret of the template. */
export function createSecretsManager(dependencies: SecretsManagerDependencies): SecretsManagerModule {
  const { accountId, region } = dependencies.identity;
  const { authorize, functions, report, timers = systemTimers } = dependencies;
  const clock = (): number => timers.now();
  const overrides = dependencies.overrides ?? new Map<string, string>();
  const store = new SecretStore(dependencies.stateDirectory, `arn:aws:secretsmanager:${region}:${accountId}:secret:`);
  const logicalIds = new Set<string>();
  const rotator = new Rotator({ store, functions, timers, report });
  const rotation: RotationOperations = { store, rotator, authorize, clock, checkFunction: functionCheck(dependencies) };
  const schedules = new RotationSchedules(rotation);

  const secretType = resourceType({
    type: 'AWS::SecretsManager::Secret',
    properties: secretProperties,
    inert: { Tags: 'Tags label resources for billing and search.' },
    async create({ logicalId, generatedName, properties }) {
      logicalIds.add(logicalId);
      const name = properties.Name ?? generatedName;
      const stored = store.byName(name);
      const wanted: Secret = {
        ...(stored ?? { arn: store.newArn(name), name, createdAt: clock(), changedAt: clock(), versions: {} }),
        description: properties.Description,
        kmsKeyId: properties.KmsKeyId,
      };
      const valued = withOverride(withTemplateValue(wanted, properties, clock()), overrides.get(logicalId), clock());
      if (JSON.stringify(valued) !== JSON.stringify(stored)) store.save(valued);
      return { ref: valued.arn, attributes: { Id: valued.arn } };
    },
  });

  const service = jsonService({
    signingName: 'secretsmanager',
    targetPrefix: 'secretsmanager',
    version: '1.1',
    operations: { ...secretOperations({ store, authorize, clock }), ...rotationOperations(rotation) },
    notBuilt: {
      DeleteSecret: livesWithTheStack,
      RestoreSecret: livesWithTheStack,
      TagResource: 'tags have no effect here',
      BatchGetSecretValue: 'use GetSecretValue',
    },
  });

  return {
    services: [service],
    resourceTypes: [secretType, schedules.resourceType],
    readSecret: (secretId, jsonKey) => memberOf(currentValue(store.get(secretId)), secretId, jsonKey),
    async start() {
      const unknown = [...overrides.keys()].filter((logicalId) => !logicalIds.has(logicalId));
      if (unknown.length > 0)
        throw new Error(`A secret was given for ${unknown.join(', ')}, but the template has only ${[...logicalIds].join(', ') || 'none'}.`);
      schedules.forgetUndeclared();
    },
    ready: () => { rotator.start(); },
    close: async () => { rotator.stop(); },
  };
}

/** AWS looks at the function's policy when a rotation is set up, not only when it is carried out. */
function functionCheck({ assertMayInvoke }: SecretsManagerDependencies): RotationOperations['checkFunction'] {
  return (functionArn, secretArn) => {
    try {
      assertMayInvoke(functionArn, rotationInvoker(secretArn));
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
      throw new AwsError('AccessDeniedException', `Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com. (${error.message})`, 400);
    }
  };
}

/** @throws AwsError where the secret has no string, or no such member in it */
function memberOf(value: string | undefined, secretId: string, jsonKey: string | undefined): string {
  if (value !== undefined && jsonKey === undefined) return value;
  const member: unknown = value === undefined || jsonKey === undefined ? undefined : z.record(z.string(), z.unknown()).parse(JSON.parse(value))[jsonKey];
  if (typeof member === 'string') return member;
  throw new AwsError('ResourceNotFoundException', `Could not find a value for ${jsonKey ?? 'SecretString'} in the secret ${secretId}.`, 400);
}

type SecretProperties = z.infer<typeof secretProperties>;

/** As CloudFormation: another SecretString or other generation options make a new version, the same ones keep what is stored. */
function withTemplateValue(secret: Secret, properties: SecretProperties, now: number): Secret {
  const { GenerateSecretString: generation, SecretString: given } = properties;
  const fingerprint = createHash('sha256').update(JSON.stringify([given ?? null, generation ?? null])).digest('hex');
  if (secret.templateFingerprint === fingerprint) return secret;
  const marked = { ...secret, templateFingerprint: fingerprint };
  // With neither of them the secret is there, but has no value.
  if (given === undefined && generation === undefined) return marked;
  return putVersion(marked, randomUUID(), { secretString: given ?? generated(generation ?? {}) }, undefined, now);
}

function withOverride(secret: Secret, override: string | undefined, now: number): Secret {
  if (override === undefined || override === currentValue(secret)) return secret;
  return putVersion(secret, randomUUID(), { secretString: override }, undefined, now);
}

/** @throws Error where the options exclude everything, or the template and its key do not come together */
function generated(generation: z.infer<typeof generateSecretString>): string {
  const { SecretStringTemplate: template, GenerateStringKey: key, ...options } = generation;
  const password = randomPassword(options);
  if (template === undefined && key === undefined) return password;
  if (template === undefined || key === undefined)
    throw new Error('SecretStringTemplate and GenerateStringKey come together.');
  const parsed = z.record(z.string(), z.unknown()).safeParse(JSON.parse(template));
  if (!parsed.success) throw new Error('SecretStringTemplate is not a JSON object.');
  return JSON.stringify({ ...parsed.data, [key]: password });
}
