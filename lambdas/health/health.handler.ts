/** Serves GET /health, /health/ready and /openapi.json: open to everybody, so the checks are kept for a few seconds. */
import openApi from '../../openapi.json';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment } from '../platform/environment.js';
import { kept } from '../platform/kept.js';
import { providerSettingsReader } from '../provider-settings/provider-settings-reader.js';
import { settingsReader } from '../settings/settings-reader.js';
import { checkDependencies } from './dependency-store.js';
import { providerReadiness } from './provider-readiness.js';
import { readinessOf } from './readiness.js';

const environment = readEnvironment('health');
const settings = settingsReader(environment.SETTINGS_TABLE);
const providers = providerSettingsReader(environment.SETTINGS_TABLE);
const readiness = kept(async () => {
  const checking = checkDependencies({
    keysTable: environment.KEYS_TABLE,
    faxesTable: environment.FAXES_TABLE,
    documentsBucket: environment.DOCUMENTS_BUCKET,
    sendQueue: environment.SEND_QUEUE,
  });
  const [checks, current, provider] = await Promise.all([checking, settings(), providerReadiness(providers, environment.PROVIDER)]);
  return readinessOf([...checks, provider.check], { provider, sending: environment.SENDING === 'on' ? 'on' : 'off' }, current);
}, 5);

export const handler = apiHandler<'health'>({
  getHealth: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
  getReadiness: async () => {
    const body = await readiness();
    return { status: body.status === 'ready' ? 200 : 503, body };
  },
  getOpenApi: () => Promise.resolve({ status: 200, body: openApi }),
});
