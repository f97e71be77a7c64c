/** The errors of the contract: code → status and the text that a caller reads. A page per code: docs/errors.md. */

export const errors = {
  unauthorized: { status: 401, detail: 'Invalid or missing API key' },
  signature_invalid: { status: 401, detail: 'Invalid signature' },
  insufficient_scope: { status: 403, detail: 'Insufficient scope' },
  cannot_grant: { status: 403, detail: 'You can only grant what your own key holds' },
  cross_site_request: { status: 403, detail: 'A session changes things only for the console\'s own pages: send the header X-Requested-By: faxbot-console' },
  forbidden: { status: 403, detail: 'Forbidden' },
  token_invalid: { status: 403, detail: 'Invalid token' },
  token_expired: { status: 403, detail: 'Token expired' },
  not_found: { status: 404, detail: 'Not Found' },
  job_not_found: { status: 404, detail: 'Job not found' },
  session_not_found: { status: 404, detail: 'Session not found' },
  key_not_found: { status: 404, detail: 'Key not found' },
  provider_not_found: { status: 404, detail: 'Provider not found' },
  method_not_allowed: { status: 405, detail: 'Method Not Allowed' },
  bad_request: { status: 400, detail: 'Bad Request' },
  invalid_json: { status: 400, detail: 'The request body is not valid JSON' },
  invalid_number: { status: 400, detail: "'to' must be E.164 or digits only" },
  no_status_call: { status: 400, detail: 'This provider can not be asked how a fax is doing: it reports by itself' },
  job_ended: { status: 409, detail: 'The fax has ended: it can no longer be cancelled' },
  job_not_ended: { status: 409, detail: 'The fax has not ended: wait for its end, or cancel it first' },
  job_uncertain: { status: 409, detail: 'Whether this fax arrived is not known: an administrator resolves it first' },
  job_not_uncertain: { status: 409, detail: 'Only a fax whose outcome is uncertain can be resolved' },
  job_conflict: { status: 409, detail: 'The fax was changed by others again and again: ask once more' },
  document_gone: { status: 409, detail: 'The document of this fax is no longer stored: send it anew' },
  idempotency_conflict: { status: 409, detail: 'This Idempotency-Key was used for a different fax' },
  key_not_active: { status: 409, detail: 'The key is not in force: enable it, extend it, or create a new one' },
  key_revoked: { status: 409, detail: 'The key is revoked for good: create a new one' },
  rotation_in_progress: { status: 409, detail: 'Two secrets of this key are in force already: finish or cancel that rotation first' },
  no_rotation: { status: 409, detail: 'No rotation of this key is under way' },
  last_admin_key: { status: 409, detail: 'This is the last admin key: create another one first' },
  write_conflict: { status: 409, detail: 'The key was changed by somebody else in the meantime: read it again' },
  settings_conflict: { status: 409, detail: 'The settings were changed in the meantime: read them again' },
  provider_in_use: { status: 409, detail: 'Faxes go through this provider: take it out of the order first' },
  file_too_large: { status: 413, detail: 'File exceeds the limit' },
  unsupported_type: { status: 415, detail: 'Only PDF and TXT are allowed' },
  unsupported_media_type: { status: 415, detail: 'Unsupported Media Type' },
  invalid_request: { status: 422, detail: 'The request is not valid' },
  document_refused: { status: 422, detail: 'The document cannot be faxed' },
  provider_refused: { status: 422, detail: 'The provider refused these credentials' },
  rate_limited: { status: 429, detail: 'Rate limit exceeded' },
  quota_exceeded: { status: 429, detail: 'Quota exceeded' },
  internal_error: { status: 500, detail: 'Internal Server Error' },
  bad_gateway: { status: 502, detail: 'Bad Gateway' },
  provider_unreachable: { status: 502, detail: 'The provider could not be asked' },
  audit_unavailable: { status: 503, detail: 'The audit trail takes no more events of this key at the moment: try again in a few minutes' },
  not_ready: { status: 503, detail: 'The gateway is not ready' },
  gateway_timeout: { status: 504, detail: 'Gateway Timeout' },
} as const satisfies Record<string, { readonly status: number; readonly detail: string }>;

export type ErrorCode = keyof typeof errors;

/** What a caller reads: `detail` is the contract's word (both SDKs parse it), the rest stands beside it. */
export interface ErrorBody {
  readonly detail: string;
  readonly code: ErrorCode;
  /** The request fields at fault, for `invalid_request`. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

/** An error that a caller may read. What only the operator may read goes into `internal`, which is logged and never sent. */
export class ContractError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(
    readonly code: ErrorCode,
    options: { readonly detail?: string; readonly fields?: ErrorBody['fields']; readonly internal?: string; readonly cause?: unknown } = {},
  ) {
    super(options.internal ?? options.detail ?? errors[code].detail, { cause: options.cause });
    this.name = 'ContractError';
    this.status = errors[code].status;
    this.body = {
      detail: options.detail ?? errors[code].detail,
      code,
      ...(options.fields === undefined ? {} : { fields: options.fields }),
    };
  }
}
