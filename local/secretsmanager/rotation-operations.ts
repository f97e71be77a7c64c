/** RotateSecret and CancelRotateSecret. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Authorize, Principal } from '../cloud/service.js';
import { AwsError } from '../cloud/service.js';
import { checkedOperation, type JsonOperation } from '../kms/aws-json.js';
import { begun, cancelled, configured } from './rotation.js';
import { checkRules, rotationRules, type RotationRules } from './rotation-rules.js';
import type { Rotator } from './rotator.js';
import { versionWithLabel, type Secret } from './secret.js';
import type { SecretStore } from './secret-store.js';

export interface RotationOperations {
  readonly store: SecretStore;
  readonly rotator: Rotator;
  readonly authorize: Authorize;
  /** @throws AwsError where the function is missing or does not let Secrets Manager invoke it */
  readonly checkFunction: (functionArn: string, secretArn: string) => void;
  /** Milliseconds. */
  readonly clock: () => number;
}

export interface RotationOrder {
  readonly functionArn: string;
  readonly rules: RotationRules;
  readonly immediately: boolean;
  /** The id of the new version. */
  readonly token: string;
}

/**
 * Sets a rotation up and begins one, or its test.
 * @throws AwsError InvalidParameterException, InvalidRequestException, AccessDeniedException
 */
export function rotated(
  { checkFunction, clock }: Pick<RotationOperations, 'checkFunction' | 'clock'>,
  secret: Secret,
  { functionArn, rules, immediately, token }: RotationOrder,
): Secret {
  checkRules(rules, clock());
  checkFunction(functionArn, secret.arn);
  return begun(configured(secret, functionArn, rules, clock()), token, immediately ? 'rotation' : 'test', clock());
}

export function rotationOperations(parts: RotationOperations): Readonly<Record<string, JsonOperation>> {
  const { store, rotator, authorize, clock } = parts;
  const authorized = (principal: Principal, action: string, secretId: string): Secret => {
    authorize(principal, `secretsmanager:${action}`, store.find(secretId)?.arn ?? store.arnOf(secretId));
    return store.get(secretId);
  };
  return {
    RotateSecret: checkedOperation(
      'secretsmanager RotateSecret',
      'InvalidParameterException',
      z.strictObject({
        SecretId: z.string().min(1),
        ClientRequestToken: z.string().min(32).max(64).optional(),
        RotationLambdaARN: z.string().max(2048).optional(),
        RotationRules: rotationRules.optional(),
        RotateImmediately: z.boolean().default(true),
      }),
      (input, principal) => {
        const secret = authorized(principal, 'RotateSecret', input.SecretId);
        const functionArn = input.RotationLambdaARN ?? secret.rotation?.functionArn;
        const rules = input.RotationRules ?? secret.rotation?.rules;
        if (functionArn === undefined)
          throw new AwsError('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.', 400);
        if (rules === undefined) throw new AwsError('InvalidParameterException', 'You must specify RotationRules for a secret that has none.', 400);
        authorize(principal, 'lambda:InvokeFunction', functionArn);
        const token = input.ClientRequestToken ?? randomUUID();
        store.save(rotated(parts, secret, { functionArn, rules, immediately: input.RotateImmediately, token }));
        rotator.look();
        return { ARN: secret.arn, Name: secret.name, VersionId: token };
      },
    ),
    CancelRotateSecret: checkedOperation(
      'secretsmanager CancelRotateSecret',
      'InvalidParameterException',
      z.strictObject({ SecretId: z.string().min(1) }),
      ({ SecretId }, principal) => {
        const secret = authorized(principal, 'CancelRotateSecret', SecretId);
        if (secret.rotation === undefined)
          throw new AwsError('InvalidRequestException', "You can't cancel the rotation of a secret for which rotation was never configured.", 400);
        store.save(cancelled(secret, clock()));
        return { ARN: secret.arn, Name: secret.name, VersionId: versionWithLabel(secret, 'AWSPENDING') };
      },
    ),
  };
}
