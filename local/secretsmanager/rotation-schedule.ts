/** AWS::SecretsManager::RotationSchedule: another schedule rotates at once, the same one keeps its time over restarts. */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { resourceType, type ResourceType } from '../cloud/resource.js';
import { cancelled, unfinished } from './rotation.js';
import { rotated, type RotationOperations } from './rotation-operations.js';
import { rotationRules } from './rotation-rules.js';

const scheduleProperties = z.strictObject({
  SecretId: z.string(),
  RotationLambdaARN: z.string(),
  RotationRules: rotationRules,
  RotateImmediatelyOnUpdate: z.boolean().default(true),
});

export class RotationSchedules {
  readonly #declared = new Set<string>();

  constructor(private readonly parts: Omit<RotationOperations, 'rotator' | 'authorize'>) {}

  get resourceType(): ResourceType {
    return resourceType({
      type: 'AWS::SecretsManager::RotationSchedule',
      properties: scheduleProperties,
      inert: {},
      create: async ({ logicalId, properties }) => {
        const { store, checkFunction } = this.parts;
        const secret = store.get(properties.SecretId);
        this.#declared.add(secret.arn);
        const functionArn = properties.RotationLambdaARN;
        checkFunction(functionArn, secret.arn);
        const fingerprint = createHash('sha256').update(JSON.stringify(properties)).digest('hex');
        if (secret.rotation?.template?.fingerprint !== fingerprint) {
          // Another schedule while a rotation is under way: that one goes on, with the token that it has.
          const token = unfinished(secret) ?? randomUUID();
          const order = { functionArn, rules: properties.RotationRules, immediately: properties.RotateImmediatelyOnUpdate, token };
          const ordered = rotated(this.parts, secret, order);
          store.save({
            ...ordered,
            ...(ordered.rotation === undefined ? {} : { rotation: { ...ordered.rotation, template: { logicalId, fingerprint } } }),
          });
        }
        return { ref: secret.arn, attributes: { Id: secret.arn } };
      },
    });
  }

  /** Turns off what an earlier template scheduled and this one does not; what was set up over the API stays. */
  forgetUndeclared(): void {
    const { store, clock } = this.parts;
    for (const secret of store.all()) {
      if (secret.rotation?.template === undefined || this.#declared.has(secret.arn)) continue;
      const { rotation, ...rest } = cancelled(secret, clock());
      if (rotation === undefined) continue;
      const { template: _, ...untemplated } = rotation;
      store.save({ ...rest, rotation: untemplated });
    }
  }
}
