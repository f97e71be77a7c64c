/** The secrets on disk: one file, readable by its owner alone, synced before a change is acknowledged. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { AwsError } from '../cloud/service.js';
import { DurableFile } from '../kms/durable-file.js';
import { secretSchema, type Secret } from './secret.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export class SecretStore {
  private readonly file: DurableFile<Record<string, Secret>>;
  private secrets: Readonly<Record<string, Secret>>;

  /** @param arnPrefix e.g. `arn:aws:secretsmanager:us-east-1:000000000000:secret:` */
  constructor(
    stateDirectory: string,
    private readonly arnPrefix: string,
  ) {
    this.file = new DurableFile(join(stateDirectory, 'secrets.json'), z.record(z.string(), secretSchema));
    this.secrets = this.file.read() ?? {};
  }

  all(): readonly Secret[] {
    return Object.values(this.secrets);
  }

  byName(name: string): Secret | undefined {
    return Object.hasOwn(this.secrets, name) ? this.secrets[name] : undefined;
  }

  /** By name, ARN, or ARN without its six random characters. */
  find(secretId: string): Secret | undefined {
    if (!secretId.startsWith('arn:')) return this.byName(secretId);
    return this.all().find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId);
  }

  /** The ARN of a new secret of this name: six random characters keep it from being that of a deleted one. */
  newArn(name: string): string {
    const tail = Array.from({ length: 6 }, () => letters.charAt(randomInt(letters.length))).join('');
    return `${this.arnPrefix}${name}-${tail}`;
  }

  /** Where a secret of this id would be, for the permission check on one that does not exist. */
  arnOf(secretId: string): string {
    return secretId.startsWith('arn:') ? secretId : `${this.arnPrefix}${secretId}`;
  }

  /** Writes the secret; it is on the disk when this returns. */
  save(secret: Secret): void {
    const changed = { ...this.secrets, [secret.name]: secret };
    this.file.write(changed);
    this.secrets = changed;
  }

  /** @throws AwsError ResourceNotFoundException */
  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.", 400);
    return secret;
  }
}
