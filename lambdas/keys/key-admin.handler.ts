/** Serves /admin/api-keys and /auth/me. */
import { auditPublisher } from '../audit/publish-events.js';
import { keyGate } from '../limits/key-gate.js';
import { usageOf } from '../limits/key-usage-store.js';
import { minuteLeft } from '../limits/limits-left.js';
import { nativeKeyPool } from '../limits/native-key-pool.js';
import { dynamoNativeKeyStore } from '../limits/native-key-store.js';
import { apiHandler, type Answer } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { cachedSecret } from '../platform/secrets.js';
import { settingsReader } from '../settings/settings-reader.js';
import type { KeyAdministration } from './administration.js';
import { checkKey } from './check-key.js';
import { createKey } from './create-key.js';
import { describeCaller } from './describe-caller.js';
import { disableKey, editKey, enableKey, revokeKey } from './edit-key.js';
import { dynamoKeyStore } from './key-store.js';
import { listKeys, readKey, type KeyPage } from './list-keys.js';
import { cancelRotation, finishRotation, rotateKey } from './rotate-key.js';
import { parsePeppers } from './secret-hash.js';

const environment = readEnvironment('key-admin');
const pepper = cachedSecret(environment.PEPPER_SECRET, 60);
const administration: KeyAdministration = {
  store: dynamoKeyStore(environment.KEYS_TABLE),
  publish: auditPublisher(environment),
  peppers: async () => parsePeppers(await pepper()),
  usageOf: (ids) => usageOf(environment.LIMITS_TABLE, ids),
  rules: settingsReader(environment.SETTINGS_TABLE),
  nativeKeys: nativeKeyPool(dynamoNativeKeyStore(environment.LIMITS_TABLE), { poolSize: wholeNumber(environment.NATIVE_KEY_POOL) }),
};

export const handler = apiHandler<'key-admin'>(
  {
    createApiKey: async (request) => ok(await createKey(request, request.body, administration)),
    listApiKeys: async (request) => listed(await listKeys(request, request.query, administration)),
    getApiKey: async (request) => ok(await readKey(request, request.id, administration)),
    editApiKey: async (request) => ok(await editKey(request, request.id, request.body, administration)),
    revokeApiKey: async (request) => {
      await revokeKey(request, request.id, administration);
      return ok({ status: 'ok' });
    },
    disableApiKey: async (request) => ok(await disableKey(request, request.id, administration)),
    enableApiKey: async (request) => ok(await enableKey(request, request.id, administration)),
    rotateApiKey: async (request) => ok(await rotateKey(request, request.id, request.body, administration)),
    finishRotation: async (request) => ok(await finishRotation(request, request.id, administration)),
    cancelRotation: async (request) => ok(await cancelRotation(request, request.id, administration)),
    checkApiKey: async (request) => ok(await checkKey(request, request.id, request.body, administration)),
    getMe: async (request) => ok(await describeCaller(request, { store: administration.store, minuteLeft: () => minuteLeft(environment.LIMITS_TABLE, request.caller, request.now) })),
  },
  keyGate(environment),
);

function ok(body: object): Answer {
  return { status: 200, body };
}

/** The contract's list is a bare array, so the way to the next page stands in a header. */
function listed({ keys, next }: KeyPage): Answer {
  return { status: 200, body: keys, headers: next === undefined ? {} : { 'X-Next-Cursor': next } };
}
