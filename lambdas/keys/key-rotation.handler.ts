/** The rotation function: Secrets Manager calls it, step by step, to give a consumer's secret a new token of its key. */
import { auditPublisher } from '../audit/publish-events.js';
import { operations } from '../contract/operations.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { readFromGateway } from '../platform/gateway-request.js';
import { jsonMember } from '../platform/json-member.js';
import { log } from '../platform/log.js';
import { cachedSecret } from '../platform/secrets.js';
import { consumerSecretStore } from './consumer-secret-store.js';
import { dynamoKeyStore } from './key-store.js';
import { rotateConsumerSecret, rotationSteps, type ConsumerRotation } from './rotate-consumer-secret.js';
import { parsePeppers } from './secret-hash.js';

const environment = readEnvironment('key-rotation');
const pepper = cachedSecret(environment.PEPPER_SECRET, 60);
const rotation: ConsumerRotation = {
  store: dynamoKeyStore(environment.KEYS_TABLE),
  secrets: consumerSecretStore(),
  publish: auditPublisher(environment),
  peppers: async () => parsePeppers(await pepper()),
  async askGateway(token) {
    const { status, body } = await readFromGateway(environment.GATEWAY_URL, operations.getMe.path, token);
    const id = jsonMember(body, 'key_id');
    return status === 200 && typeof id === 'string' ? id : undefined;
  },
  overlapSeconds: wholeNumber(environment.ROTATION_OVERLAP_SECONDS),
  clock: Date.now,
};

/** What Secrets Manager sends; a test of the configuration sends the same. */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

export async function handler({ Step, SecretId, ClientRequestToken }: RotationEvent): Promise<void> {
  const step = rotationSteps.find((one) => one === Step);
  if (step === undefined) throw new Error(`There is no rotation step ${Step}`);
  await rotateConsumerSecret({ step, secretId: SecretId, versionId: ClientRequestToken }, rotation);
  log.info('A rotation step is done', { step, secret: SecretId });
}
