/**
 * The operations table: the only list of what the API does. The API Gateway methods, the authorizer's decision, the
 * routers, the OpenAPI document and the clients come from it; no path and no scope is written anywhere else.
 *
 * The schemas of each operation stand in operation-schemas.ts under the same ids, so that the authorizer can read this
 * table without carrying a schema library (docs/adr/0002-operations-and-schemas.md).
 */
import type { Scope } from './scopes.js';

export type Authentication =
  /** Open to everybody; never reaches the authorizer. */
  | { readonly kind: 'none' }
  /** An API key, or a session of one, that holds the scope. */
  | { readonly kind: 'key'; readonly scope: Scope }
  /** Any API key or session that is in force, whatever its scopes; where keys are not required, nobody's request too. */
  | { readonly kind: 'any-key' }
  /** An API key itself, which a session is opened with: no session and no request without a key. */
  | { readonly kind: 'sign-in' }
  /** The console's session, by its cookie alone. */
  | { readonly kind: 'session' }
  /** A short-lived token in the query, which the operation itself verifies; without one, an API key that holds the scope. */
  | { readonly kind: 'token'; readonly scope: Scope }
  /**
   * What a fax provider signs in its own way, which the operation itself verifies; never reaches the authorizer. Without a
   * provider, it is the path's {id}.
   */
  | { readonly kind: 'signature'; readonly provider?: string };

/** The function that serves an operation: the name of its folder and handler, and of its construct. */
export type ServingFunction = 'fax-upload' | 'fax-read' | 'fax-change' | 'key-admin' | 'settings-admin' | 'audit-read' | 'auth-history' | 'sessions' | 'health' | 'fax-webhook';

/** A limit that an operation has of its own, counted apart from the key's other requests. */
export type LimitClass = 'inbound-list' | 'inbound-get';

export interface Operation {
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly authentication: Authentication;
  readonly servedBy: ServingFunction;
  /** Without one: the limit of the key for all its requests. */
  readonly limitClass?: LimitClass;
  /** It only reads, but that it was read is recorded. */
  readonly recorded?: true;
}

const open = { kind: 'none' } as const;
const anyKey = { kind: 'any-key' } as const;
const signIn = { kind: 'sign-in' } as const;
const session = { kind: 'session' } as const;
const key = <S extends Scope>(scope: S) => ({ kind: 'key', scope }) as const;
const providersOwn = { kind: 'signature' } as const;
const signedBy = <P extends string>(provider: P) => ({ kind: 'signature', provider }) as const;
const token = <S extends Scope>(scope: S) => ({ kind: 'token', scope }) as const;

export const operations = {
  sendFax: { summary: 'Send a fax', method: 'POST', path: '/fax', authentication: key('fax:send'), servedBy: 'fax-upload' },
  listFaxes: { summary: "List the faxes of the key's owner", method: 'GET', path: '/fax', authentication: key('fax:read'), servedBy: 'fax-read' },
  getFax: { summary: 'Read the status of a fax', method: 'GET', path: '/fax/{id}', authentication: key('fax:read'), servedBy: 'fax-read' },
  getFaxDocument: { summary: 'Open the document of a fax', method: 'GET', path: '/fax/{id}/pdf', authentication: token('fax:read'), servedBy: 'fax-read', recorded: true },
  cancelFax: { summary: 'Cancel a fax', method: 'POST', path: '/fax/{id}/cancel', authentication: key('fax:send'), servedBy: 'fax-change' },
  resendFax: { summary: 'Send an ended fax again, as a new one', method: 'POST', path: '/fax/{id}/resend', authentication: key('fax:send'), servedBy: 'fax-change' },

  phaxioCallback: { summary: 'Hear from Phaxio how a fax is doing', method: 'POST', path: '/phaxio-callback', authentication: signedBy('phaxio'), servedBy: 'fax-webhook' },
  sinchCallback: { summary: 'Hear from Sinch how a fax is doing', method: 'POST', path: '/sinch-callback', authentication: signedBy('sinch'), servedBy: 'fax-webhook' },
  telnyxCallback: { summary: 'Hear from Telnyx how a fax is doing', method: 'POST', path: '/telnyx-callback', authentication: signedBy('telnyx'), servedBy: 'fax-webhook' },
  signalwireCallback: { summary: 'Hear from SignalWire how a fax is doing', method: 'POST', path: '/signalwire-callback', authentication: signedBy('signalwire'), servedBy: 'fax-webhook' },
  providerCallback: { summary: 'Hear from any other provider how a fax is doing', method: 'POST', path: '/provider-callback/{id}', authentication: providersOwn, servedBy: 'fax-webhook' },

  createApiKey: { summary: 'Create an API key', method: 'POST', path: '/admin/api-keys', authentication: key('keys:manage'), servedBy: 'key-admin' },
  listApiKeys: { summary: 'List the API keys', method: 'GET', path: '/admin/api-keys', authentication: key('keys:manage'), servedBy: 'key-admin' },
  getApiKey: { summary: 'Read an API key', method: 'GET', path: '/admin/api-keys/{id}', authentication: key('keys:manage'), servedBy: 'key-admin' },
  editApiKey: { summary: 'Edit an API key', method: 'PATCH', path: '/admin/api-keys/{id}', authentication: key('keys:manage'), servedBy: 'key-admin' },
  revokeApiKey: { summary: 'Revoke an API key for good', method: 'DELETE', path: '/admin/api-keys/{id}', authentication: key('keys:manage'), servedBy: 'key-admin' },
  disableApiKey: { summary: 'Take an API key out of use', method: 'POST', path: '/admin/api-keys/{id}/disable', authentication: key('keys:manage'), servedBy: 'key-admin' },
  enableApiKey: { summary: 'Put a disabled API key back into use', method: 'POST', path: '/admin/api-keys/{id}/enable', authentication: key('keys:manage'), servedBy: 'key-admin' },
  rotateApiKey: { summary: 'Give an API key a new secret', method: 'POST', path: '/admin/api-keys/{id}/rotate', authentication: key('keys:manage'), servedBy: 'key-admin' },
  finishRotation: { summary: 'End the old secret of a rotation now', method: 'POST', path: '/admin/api-keys/{id}/rotate/finish', authentication: key('keys:manage'), servedBy: 'key-admin' },
  cancelRotation: { summary: 'Take the new secret of a rotation back', method: 'POST', path: '/admin/api-keys/{id}/rotate/cancel', authentication: key('keys:manage'), servedBy: 'key-admin' },
  checkApiKey: { summary: 'Say whether an API key may call an operation', method: 'POST', path: '/admin/api-keys/{id}/check', authentication: key('keys:manage'), servedBy: 'key-admin' },
  getMe: { summary: 'Say which API key this is', method: 'GET', path: '/auth/me', authentication: anyKey, servedBy: 'key-admin' },

  getNoticeSecret: { summary: 'Read the secret that signs the notices of your faxes', method: 'GET', path: '/auth/notice-secret', authentication: key('fax:send'), servedBy: 'fax-read' },

  createSession: { summary: 'Exchange an API key for a session', method: 'POST', path: '/auth/session', authentication: signIn, servedBy: 'sessions' },
  getSession: { summary: 'Say whose session this is, and when it ends', method: 'GET', path: '/auth/session', authentication: session, servedBy: 'sessions' },
  endSession: { summary: 'Sign out', method: 'DELETE', path: '/auth/session', authentication: session, servedBy: 'sessions' },
  listSessions: { summary: 'List the sessions in force', method: 'GET', path: '/admin/sessions', authentication: key('admin'), servedBy: 'sessions' },
  revokeSession: { summary: 'End a session', method: 'DELETE', path: '/admin/sessions/{id}', authentication: key('admin'), servedBy: 'sessions' },

  listFaxJobs: { summary: 'List the faxes of all owners', method: 'GET', path: '/admin/fax-jobs', authentication: key('admin'), servedBy: 'fax-read' },
  getFaxJob: { summary: 'Read a fax with its attempts', method: 'GET', path: '/admin/fax-jobs/{id}', authentication: key('admin'), servedBy: 'fax-read' },
  resolveFaxJob: { summary: 'Say what became of an uncertain fax', method: 'POST', path: '/admin/fax-jobs/{id}/resolve', authentication: key('admin'), servedBy: 'fax-change' },
  refreshFaxJob: { summary: 'Ask the provider now how a fax is doing', method: 'POST', path: '/admin/fax-jobs/{id}/refresh', authentication: key('admin'), servedBy: 'fax-change' },

  readAuditLog: { summary: 'Read the audit trail', method: 'GET', path: '/admin/logs', authentication: key('admin'), servedBy: 'audit-read' },
  verifyAuditChain: { summary: 'Verify the chain of the audit trail', method: 'POST', path: '/admin/audit/verify', authentication: key('admin'), servedBy: 'audit-read' },
  listAuthEvents: { summary: 'Read the history of sign-ins', method: 'GET', path: '/admin/auth-events', authentication: key('keys:manage'), servedBy: 'auth-history' },
  getSettings: { summary: 'Read the settings', method: 'GET', path: '/admin/settings', authentication: key('admin'), servedBy: 'settings-admin' },
  updateSettings: { summary: 'Change settings', method: 'PUT', path: '/admin/settings', authentication: key('admin'), servedBy: 'settings-admin' },
  validateSettings: { summary: 'Say what a change of settings would do', method: 'POST', path: '/admin/settings/validate', authentication: key('admin'), servedBy: 'settings-admin' },
  exportSettings: { summary: 'Export the settings', method: 'GET', path: '/admin/settings/export', authentication: key('admin'), servedBy: 'settings-admin' },
  listSettingsVersions: { summary: 'List the versions of the settings', method: 'GET', path: '/admin/settings/versions', authentication: key('admin'), servedBy: 'settings-admin' },
  restoreSettings: { summary: 'Bring back an earlier version of the settings', method: 'POST', path: '/admin/settings/restore', authentication: key('admin'), servedBy: 'settings-admin' },
  getProviders: { summary: 'Read the providers', method: 'GET', path: '/admin/settings/providers', authentication: key('admin'), servedBy: 'settings-admin' },
  orderProviders: { summary: 'Choose the providers that faxes go through', method: 'PUT', path: '/admin/settings/providers', authentication: key('admin'), servedBy: 'settings-admin' },
  saveProvider: { summary: 'Set a provider up', method: 'PUT', path: '/admin/settings/providers/{id}', authentication: key('admin'), servedBy: 'settings-admin' },
  removeProvider: { summary: 'Remove a provider and its credentials', method: 'DELETE', path: '/admin/settings/providers/{id}', authentication: key('admin'), servedBy: 'settings-admin' },
  validateProvider: { summary: 'Try the saved credentials of a provider', method: 'POST', path: '/admin/settings/providers/{id}/validate', authentication: key('admin'), servedBy: 'settings-admin' },

  getHealth: { summary: 'Say that the gateway answers', method: 'GET', path: '/health', authentication: open, servedBy: 'health' },
  getReadiness: { summary: 'Say whether faxes can be accepted and sent', method: 'GET', path: '/health/ready', authentication: open, servedBy: 'health' },
  getOpenApi: { summary: 'Read this API as an OpenAPI document', method: 'GET', path: '/openapi.json', authentication: open, servedBy: 'health' },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;

export type OperationServedBy<F extends ServingFunction> = {
  [Id in OperationId]: (typeof operations)[Id]['servedBy'] extends F ? Id : never;
}[OperationId];

export const operationIds = Object.keys(operations).filter(isOperationId);

export function isOperationId(word: string): word is OperationId {
  return Object.hasOwn(operations, word);
}

const idByRoute = new Map(operationIds.map((id) => [routeOf(operations[id].method, operations[id].path), id]));

/** True for an operation that changes and records nothing: whether it may run can be found out while it runs. */
export function isPlainRead({ method, recorded }: Operation): boolean {
  return method === 'GET' && recorded !== true;
}

/** True for an operation that API Gateway lets everybody call: nobody asks the authorizer, and no usage plan counts. */
export function isOpen({ authentication: { kind } }: Operation): boolean {
  return kind === 'none' || kind === 'signature';
}

/** The operation behind API Gateway's `httpMethod` and `resource`, or undefined where the table has none. */
export function findOperation(method: string, resource: string): OperationId | undefined {
  return idByRoute.get(routeOf(method, resource));
}

function routeOf(method: string, path: string): string {
  return `${method} ${path}`;
}
