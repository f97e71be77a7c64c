/** What each operation of the table takes and answers. A missing operation does not compile. */
import * as z from 'zod/mini';
import type { ErrorCode } from './errors.js';
import { auditLogQuerySchema, auditLogSchema, chainVerificationSchema, verifyChainSchema } from './audit-schemas.js';
import { authEventsQuerySchema, authHistorySchema } from './auth-event-schemas.js';
import { resendFaxSchema, resolveFaxJobSchema } from './fax-change-schemas.js';
import type { OperationId } from './operations.js';
import {
  apiKeySchema,
  apiKeysQuerySchema,
  checkApiKeySchema,
  checkedApiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  editApiKeySchema,
  meSchema,
  rotateApiKeySchema,
  rotatedApiKeySchema,
} from './key-schemas.js';
import {
  changedSettingsSchema,
  exportSettingsQuerySchema,
  restoreSettingsSchema,
  settingsExportSchema,
  settingsSchema,
  settingsVerdictSchema,
  settingsVersionListSchema,
  settingsVersionsQuerySchema,
  updateSettingsSchema,
  validateSettingsSchema,
} from './settings-schemas.js';
import {
  callbackQuerySchema,
  documentQuerySchema,
  faxDetailSchema,
  faxJobSchema,
  faxJobListSchema,
  faxJobsQuerySchema,
  faxListSchema,
  faxSchema,
  faxesQuerySchema,
  okSchema,
  readinessSchema,
  sendFaxFormSchema,
} from './schemas.js';
import { orderProvidersSchema, providerSettingsSchema, providerVerdictSchema, saveProviderSchema } from './provider-schemas.js';
import { noticeSecretSchema } from './notice-schemas.js';
import { currentSessionSchema, sessionListSchema, sessionsQuerySchema } from './session-schemas.js';

export interface OperationSchemas {
  readonly query?: z.ZodMiniObject;
  /** Request headers beyond authentication, for the document. */
  readonly headers?: z.ZodMiniObject;
  readonly body?: z.ZodMiniObject;
  /** A form is read by its function, never by the router. */
  readonly form?: z.ZodMiniObject;
  readonly answers: Readonly<Record<number, z.ZodMiniType | 'redirect'>>;
  /** What the answer 200 is where a request asks for it as plain text. */
  readonly text?: string;
  /** Errors beyond those that every operation can give. */
  readonly errors: readonly ErrorCode[];
}

const idempotencyKey = z.optional(z.string().check(z.minLength(1), z.maxLength(200)));
z.globalRegistry.add(idempotencyKey, { description: 'The same key with the same fax gives the same job; with a different fax, a 409' });
const idempotencyHeaders = z.object({ 'Idempotency-Key': idempotencyKey });

/** What any change of a key can be refused with. */
const errorsOfAChange = ['key_not_found', 'cannot_grant', 'last_admin_key', 'write_conflict', 'audit_unavailable'] as const satisfies readonly ErrorCode[];

/** A callback's body is the provider's own, and is read by its adapter alone. */
const callback = { query: callbackQuerySchema, answers: { 200: okSchema }, errors: ['signature_invalid', 'provider_not_found'] } as const satisfies OperationSchemas;

export const operationSchemas = {
  sendFax: {
    headers: idempotencyHeaders,
    form: sendFaxFormSchema,
    answers: { 202: faxSchema },
    errors: ['invalid_number', 'idempotency_conflict', 'file_too_large', 'unsupported_type', 'invalid_request', 'document_refused'],
  },
  listFaxes: { query: faxesQuerySchema, answers: { 200: faxListSchema }, errors: ['invalid_request'] },
  getFax: { answers: { 200: faxDetailSchema }, errors: ['job_not_found'] },
  cancelFax: { answers: { 200: faxDetailSchema }, errors: ['job_not_found', 'job_ended', 'job_conflict'] },
  resendFax: {
    headers: idempotencyHeaders,
    body: resendFaxSchema,
    answers: { 202: faxDetailSchema },
    errors: ['invalid_json', 'invalid_number', 'invalid_request', 'job_not_found', 'job_not_ended', 'job_uncertain', 'document_gone', 'idempotency_conflict'],
  },
  getFaxDocument: {
    query: documentQuerySchema,
    answers: { 302: 'redirect' },
    errors: ['token_invalid', 'token_expired', 'job_not_found'],
  },

  phaxioCallback: callback,
  sinchCallback: callback,
  telnyxCallback: callback,
  signalwireCallback: callback,
  providerCallback: callback,

  createApiKey: { body: createApiKeySchema, answers: { 200: createdApiKeySchema }, errors: ['invalid_json', 'invalid_request', 'cannot_grant'] },
  listApiKeys: { query: apiKeysQuerySchema, answers: { 200: z.array(apiKeySchema) }, errors: ['invalid_request'] },
  getApiKey: { answers: { 200: apiKeySchema }, errors: ['key_not_found'] },
  editApiKey: {
    body: editApiKeySchema,
    answers: { 200: apiKeySchema },
    errors: ['invalid_json', 'invalid_request', ...errorsOfAChange, 'key_revoked'],
  },
  revokeApiKey: { answers: { 200: okSchema }, errors: errorsOfAChange },
  disableApiKey: { answers: { 200: apiKeySchema }, errors: [...errorsOfAChange, 'key_revoked'] },
  enableApiKey: { answers: { 200: apiKeySchema }, errors: [...errorsOfAChange, 'key_revoked'] },
  rotateApiKey: {
    body: rotateApiKeySchema,
    answers: { 200: rotatedApiKeySchema },
    errors: ['invalid_json', 'invalid_request', ...errorsOfAChange, 'key_not_active', 'rotation_in_progress'],
  },
  finishRotation: { answers: { 200: apiKeySchema }, errors: [...errorsOfAChange, 'key_not_active', 'no_rotation'] },
  cancelRotation: { answers: { 200: apiKeySchema }, errors: [...errorsOfAChange, 'key_not_active', 'no_rotation'] },
  checkApiKey: { body: checkApiKeySchema, answers: { 200: checkedApiKeySchema }, errors: ['invalid_json', 'invalid_request', 'key_not_found'] },
  getMe: { answers: { 200: meSchema }, errors: [] },

  getNoticeSecret: { answers: { 200: noticeSecretSchema }, errors: [] },

  createSession: { answers: { 200: currentSessionSchema }, errors: [] },
  getSession: { answers: { 200: currentSessionSchema }, errors: [] },
  endSession: { answers: { 200: okSchema }, errors: [] },
  listSessions: { query: sessionsQuerySchema, answers: { 200: sessionListSchema }, errors: ['invalid_request'] },
  revokeSession: { answers: { 200: okSchema }, errors: ['session_not_found'] },

  listFaxJobs: {
    query: faxJobsQuerySchema,
    answers: { 200: faxJobListSchema },
    errors: ['invalid_request'],
  },
  getFaxJob: { answers: { 200: faxJobSchema }, errors: ['job_not_found'] },
  resolveFaxJob: {
    body: resolveFaxJobSchema,
    answers: { 200: faxJobSchema },
    errors: ['invalid_json', 'invalid_request', 'job_not_found', 'job_not_uncertain', 'document_gone', 'job_conflict'],
  },
  refreshFaxJob: { answers: { 200: faxJobSchema }, errors: ['no_status_call', 'job_not_found', 'job_conflict'] },

  readAuditLog: { query: auditLogQuerySchema, answers: { 200: auditLogSchema }, errors: ['invalid_request'] },
  verifyAuditChain: { body: verifyChainSchema, answers: { 200: chainVerificationSchema }, errors: ['invalid_json', 'invalid_request'] },
  getSettings: { answers: { 200: settingsSchema }, errors: [] },
  updateSettings: {
    body: updateSettingsSchema,
    answers: { 200: changedSettingsSchema },
    errors: ['invalid_json', 'invalid_request', 'settings_conflict', 'audit_unavailable'],
  },
  validateSettings: { body: validateSettingsSchema, answers: { 200: settingsVerdictSchema }, errors: ['invalid_json', 'invalid_request'] },
  exportSettings: {
    query: exportSettingsQuerySchema,
    answers: { 200: settingsExportSchema },
    text: 'With `format=env`: a line `NAME=value` for each setting',
    errors: ['invalid_request'],
  },
  listSettingsVersions: { query: settingsVersionsQuerySchema, answers: { 200: settingsVersionListSchema }, errors: ['invalid_request'] },
  restoreSettings: {
    body: restoreSettingsSchema,
    answers: { 200: changedSettingsSchema },
    errors: ['invalid_json', 'invalid_request', 'settings_conflict', 'audit_unavailable'],
  },
  getProviders: { answers: { 200: providerSettingsSchema }, errors: [] },
  orderProviders: {
    body: orderProvidersSchema,
    answers: { 200: providerSettingsSchema },
    errors: ['invalid_json', 'invalid_request', 'settings_conflict', 'audit_unavailable'],
  },
  saveProvider: {
    body: saveProviderSchema,
    answers: { 200: providerSettingsSchema },
    errors: ['invalid_json', 'invalid_request', 'provider_not_found', 'provider_refused', 'provider_unreachable', 'settings_conflict', 'audit_unavailable'],
  },
  removeProvider: { answers: { 200: providerSettingsSchema }, errors: ['provider_not_found', 'provider_in_use', 'settings_conflict', 'audit_unavailable'] },
  validateProvider: { answers: { 200: providerVerdictSchema }, errors: ['provider_not_found'] },
  listAuthEvents: { query: authEventsQuerySchema, answers: { 200: authHistorySchema }, errors: ['invalid_request'] },

  getHealth: { answers: { 200: okSchema }, errors: [] },
  getReadiness: { answers: { 200: readinessSchema, 503: readinessSchema }, errors: [] },
  getOpenApi: { answers: { 200: z.record(z.string(), z.unknown()) }, errors: [] },
} as const satisfies Record<OperationId, OperationSchemas>;
