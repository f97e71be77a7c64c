/** Who holds which access key: the person at this machine, and each execution environment of a function. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Principal } from '../cloud/service.js';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials carry one; the administrator's don't. */
  readonly sessionToken: string | undefined;
}

export interface Credential {
  readonly accessKey: AccessKey;
  readonly principal: Principal;
}

/** The fixed credentials of the person at this machine: AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local. */
export const administratorKey: AccessKey = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined };

export class Credentials {
  readonly #credentials = new Map<string, Credential>([
    [administratorKey.accessKeyId, { accessKey: administratorKey, principal: { kind: 'administrator' } }],
  ]);
  /** Signing keys last a day; one entry for each key, date and service. */
  readonly #signingKeys = new Map<string, Buffer>();

  /** Makes temporary credentials for a principal, as sts:AssumeRole does. */
  issue(principal: Principal): AccessKey {
    const accessKey: AccessKey = {
      accessKeyId: `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
    };
    this.#credentials.set(accessKey.accessKeyId, { accessKey, principal });
    return accessKey;
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#credentials.get(accessKeyId);
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature */
  signingKey({ accessKeyId, secretAccessKey }: AccessKey, date: string, region: string, service: string): Buffer {
    const name = `${accessKeyId}/${date}/${region}/${service}`;
    const cached = this.#signingKeys.get(name);
    if (cached !== undefined) return cached;
    const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${secretAccessKey}`,
    );
    const buffer = Buffer.from(key);
    if (this.#signingKeys.size > 1000) this.#signingKeys.clear();
    this.#signingKeys.set(name, buffer);
    return buffer;
  }
}
