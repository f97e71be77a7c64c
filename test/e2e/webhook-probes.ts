/** What of fax-webhook shows that one of its grants is missing. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { phaxioReport } from '../simulators/phaxio-report.js';
import { call, type GatewayAnswer } from './gateway-client.js';
import { expecting, failed, request, type Probe, type Scene } from './permission-probe.js';

const token = 'the-callback-token';

/** Sets the provider up whose reports the probes forge; the provider is not asked. */
export const saveReporter = async (scene: Scene): Promise<GatewayAnswer> => {
  const { version } = z.object({ version: z.number() }).parse((await request(scene, 'GET', '/admin/settings/providers')).body);
  return request(scene, 'PUT', '/admin/settings/providers/phaxio', { json: { version, fields: { api_key: 'key', api_secret: 'secret', callback_token: token }, validate: false } });
};

const report = ({ cloud }: Scene): Promise<GatewayAnswer> => {
  const attempt = `${randomBytes(16).toString('hex')}-1`;
  const path = `/phaxio-callback?attempt=${attempt}`;
  const fax = JSON.stringify({ id: 17, status: 'success', tags: { attempt } });
  // The local gateway is at the stage's path, whatever it is called by.
  const { headers, body } = phaxioReport({ url: `${cloud.gatewayUrl}/api${path}`, token, fields: { direction: 'sent', fax } });
  return call(cloud.gatewayUrl, 'POST', path, { headers, raw: new Uint8Array(body) });
};

export const webhookProbes: Readonly<Record<string, Probe>> = {
  'dynamodb:GetItem on SettingsTable': { ask: expecting(failed, report) },
  'secretsmanager:GetSecretValue on ProvidersCredentials': { ask: expecting(failed, report) },
  'sqs:SendMessage on FaxesSendQueue': { ask: expecting(failed, report) },
};
