/** Serves GET /admin/auth-events. */
import { keyGate } from '../limits/key-gate.js';
import { apiHandler } from '../platform/api-handler.js';
import { readEnvironment, wholeNumber } from '../platform/environment.js';
import { dynamoAuthEventReader } from './auth-event-reader.js';
import { listAuthEvents, type AuthHistory } from './list-auth-events.js';

const environment = readEnvironment('auth-history');
const history: AuthHistory = {
  reader: dynamoAuthEventReader(environment.AUTH_EVENTS_TABLE),
  retentionDays: wholeNumber(environment.AUTH_EVENT_RETENTION_DAYS),
};

export const handler = apiHandler<'auth-history'>(
  { listAuthEvents: async (request) => ({ status: 200, body: await listAuthEvents(request, history) }) },
  keyGate(environment),
);
