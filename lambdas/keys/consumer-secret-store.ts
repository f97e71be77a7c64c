/** The secrets of consumers in Secrets Manager: JSON with a `token`, and whatever else their owners keep beside it. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { jsonMember } from '../platform/json-member.js';

export interface ConsumerSecret {
  readonly token: string;
  /** All members of the value, the token among them. */
  readonly members: Readonly<Record<string, unknown>>;
}

export interface ConsumerSecretStore {
  /** The value in use. @throws Error where it is no JSON with a token */
  current(secretId: string): Promise<ConsumerSecret>;
  /** The value of a version that is pending or was made current; undefined where it has none yet. */
  pending(secretId: string, versionId: string): Promise<ConsumerSecret | undefined>;
  putPending(secretId: string, versionId: string, secret: ConsumerSecret): Promise<void>;
  /** Moves AWSCURRENT to the version. Idempotent. */
  makeCurrent(secretId: string, versionId: string): Promise<void>;
}

const currentStage = 'AWSCURRENT';

export function consumerSecretStore(client = new SecretsManagerClient({})): ConsumerSecretStore {
  return {
    async current(secretId) {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId, VersionStage: currentStage }));
      return parse(SecretString);
    },

    async pending(secretId, versionId) {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId }));
        return parse(SecretString);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async putPending(secretId, versionId, { members }) {
      await client.send(
        new PutSecretValueCommand({ SecretId: secretId, ClientRequestToken: versionId, SecretString: JSON.stringify(members), VersionStages: ['AWSPENDING'] }),
      );
    },

    async makeCurrent(secretId, versionId) {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      const [current] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(currentStage)) ?? [];
      if (current === versionId) return;
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage: currentStage, MoveToVersionId: versionId, RemoveFromVersionId: current }),
      );
    },
  };
}

function parse(text: string | undefined): ConsumerSecret {
  const members = parseJson(text ?? '');
  const token = jsonMember(members, 'token');
  if (typeof token !== 'string' || !isRecord(members)) throw new Error('The secret holds no API key: its value has to be JSON such as {"token": "fbk_live_..."}');
  return { token, members };
}

/** A value that is no JSON is said to be none, and never repeated in a message: it is a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
