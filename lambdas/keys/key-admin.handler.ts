/** Serves /admin/api-keys. */
import { auditLogPublisher } from '../audit/audit-log-store.js';
import { lastUses, usageRecorder } from '../limits/usage-store.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment } from '../platform/environment.js';
import { cachedSecret } from '../platform/secrets.js';
import { createKey, listKeys, revokeKey, rotateKey, type KeyAdministration } from './administer-keys.js';
import { dynamoKeyStore } from './key-store.js';
import { parsePeppers } from './secret-hash.js';

const environment = readEnvironment('key-admin');
const pepper = cachedSecret(environment.PEPPER_SECRET, 60);
const administration: KeyAdministration = {
  store: dynamoKeyStore(environment.KEYS_TABLE),
  publish: auditLogPublisher(environment.AUDIT_LOG_GROUP),
  peppers: async () => parsePeppers(await pepper()),
  lastUses: (ids) => lastUses(environment.LIMITS_TABLE, ids),
};

export const handler = apiHandler<'key-admin'>(
  {
    createApiKey: async (request) => ({ status: 200, body: await createKey(request, request.body, administration) }),
    listApiKeys: async (request) => ({ status: 200, body: await listKeys(request, administration) }),
    revokeApiKey: async (request) => {
      await revokeKey(request, request.id, administration);
      return { status: 200, body: { status: 'ok' } };
    },
    rotateApiKey: async (request) => ({ status: 200, body: await rotateKey(request, request.id, administration) }),
  },
  usageRecorder(environment.LIMITS_TABLE),
);
