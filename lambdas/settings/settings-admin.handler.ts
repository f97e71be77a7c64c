/** Serves /admin/settings, and the providers below it. */
import { auditPublisher } from '../audit/publish-events.js';
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import type { ProviderAdministration } from '../provider-settings/administration.js';
import { secretsManagerCredentialStore } from '../provider-settings/credential-store.js';
import { providerCatalogue } from '../provider-settings/provider-catalogue.js';
import { providerOperations } from '../provider-settings/provider-operations.js';
import { dynamoProviderSettingsStore } from '../provider-settings/provider-settings-store.js';
import type { SettingsAdministration } from './administration.js';
import { restoreSettings, updateSettings } from './change-settings.js';
import { environmentLines, exportSettings, listVersions, readSettings, validateSettings } from './read-settings.js';
import { dynamoSettingsStore } from './settings-store.js';

const environment = readEnvironment('settings-admin');
const administration: SettingsAdministration = {
  store: dynamoSettingsStore(environment.SETTINGS_TABLE),
  publish: auditPublisher(environment),
  deployment: {
    stage: environment.STAGE,
    provider: environment.PROVIDER,
    sending: environment.SENDING === 'on' ? 'on' : 'off',
    maxFileSizeMb: wholeNumber(environment.MAX_FILE_SIZE_MB),
    documentTokenMinutes: wholeNumber(environment.DOCUMENT_TOKEN_MINUTES),
  },
};
const providers: ProviderAdministration = {
  store: dynamoProviderSettingsStore(environment.SETTINGS_TABLE),
  credentials: secretsManagerCredentialStore(environment.PROVIDER_CREDENTIALS_SECRET),
  catalogue: providerCatalogue(environment.PROVIDER_ENDPOINTS),
  publish: administration.publish,
  deployment: administration.deployment,
};

export const handler = apiHandler<'settings-admin'>(
  {
    getSettings: async () => ({ status: 200, body: await readSettings(administration) }),
    updateSettings: async (request) => ({ status: 200, body: await updateSettings(request, request.body, administration) }),
    validateSettings: async ({ body }) => ({ status: 200, body: await validateSettings(body, administration) }),
    exportSettings: async ({ query }) => {
      const body = await exportSettings(administration);
      const headers = { 'Content-Disposition': `attachment; filename="faxbot-settings.${query.format}"` };
      return query.format === 'env' ? { status: 200, headers, text: environmentLines(body.values) } : { status: 200, headers, body };
    },
    listSettingsVersions: async ({ query }) => ({ status: 200, body: await listVersions(query, administration) }),
    restoreSettings: async (request) => ({ status: 200, body: await restoreSettings(request, request.body, administration) }),
    ...providerOperations(providers),
  },
  keyGate(environment),
);
