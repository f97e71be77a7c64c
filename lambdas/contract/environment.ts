/**
 * The environment variables of each function: the stack must set exactly these (lib/function.ts), the function reads
 * exactly these (platform/environment.ts), and a name that only one side knows does not compile.
 */
const authEvents = ['AUTH_EVENTS_TABLE', 'AUTH_EVENT_RETENTION_DAYS'] as const;
/** Of every function that serves keys: what its gate counts and records by. */
const gate = ['LIMITS_TABLE', ...authEvents] as const;
/** Of every function that opens providers. */
const credentials = ['PROVIDER_CREDENTIALS_SECRET', 'PROVIDER_ENDPOINTS'] as const;
/** And that sends through them, or hears from them. */
const providerDirectory = [...credentials, 'PROVIDER', 'SANDBOX_SECONDS_PER_PAGE'] as const;

export const functionEnvironments = {
  authorizer: [...authEvents, 'KEYS_TABLE', 'SESSIONS_TABLE', 'LIMITS_TABLE', 'PEPPER_SECRET', 'BOOTSTRAP_SECRET', 'ORIGIN_SECRET', 'SETTINGS_TABLE', 'AUDIT_LOG_GROUP', 'STACK_UNIQUE_ID'],
  'key-admin': [...gate, 'KEYS_TABLE', 'SETTINGS_TABLE', 'NATIVE_KEY_POOL', 'PEPPER_SECRET', 'AUDIT_TABLE', 'AUDIT_LOG_GROUP'],
  'key-rotation': ['KEYS_TABLE', 'PEPPER_SECRET', 'AUDIT_TABLE', 'AUDIT_LOG_GROUP', 'GATEWAY_URL', 'ROTATION_OVERLAP_SECONDS'],
  'settings-admin': [...gate, 'SETTINGS_TABLE', 'AUDIT_TABLE', 'AUDIT_LOG_GROUP', 'STAGE', 'PROVIDER', 'SENDING', 'MAX_FILE_SIZE_MB', 'DOCUMENT_TOKEN_MINUTES', ...credentials],
  'key-reminders': ['KEYS_TABLE', 'NOTICES_TOPIC', 'STAGE'],
  'fax-upload': [
    ...gate,
    'FAXES_TABLE',
    'SETTINGS_TABLE',
    'DOCUMENTS_BUCKET',
    'SEND_QUEUE',
    'DEFAULT_COUNTRY',
    'MAX_FILE_SIZE_MB',
    'JOB_RETENTION_DAYS',
    'DOCUMENT_RETENTION_DAYS',
    'PROVIDER',
    'SENDING',
    'PRIVATE_NOTIFY_HOSTS',
  ],
  'fax-change': [
    ...gate,
    'FAXES_TABLE',
    'SETTINGS_TABLE',
    'DOCUMENTS_BUCKET',
    'SEND_QUEUE',
    'OUTCOME_QUEUE',
    'AUDIT_TABLE',
    'AUDIT_LOG_GROUP',
    'DEFAULT_COUNTRY',
    'JOB_RETENTION_DAYS',
    'DOCUMENT_RETENTION_DAYS',
    'PROVIDER',
    'SENDING',
  ],
  'fax-read': [
    ...gate,
    'FAXES_TABLE',
    'SETTINGS_TABLE',
    'DOCUMENTS_BUCKET',
    'DOCUMENT_TOKEN_SECRET',
    'DOCUMENT_TOKEN_MINUTES',
    'AUDIT_TABLE',
    'AUDIT_LOG_GROUP',
    'JOB_RETENTION_DAYS',
    'OUTCOME_SIGNING_SECRET',
  ],
  'fax-sender': [
    'FAXES_TABLE',
    'SETTINGS_TABLE',
    'DOCUMENTS_BUCKET',
    'SEND_QUEUE',
    'OUTCOME_QUEUE',
    'AUDIT_TABLE',
    'AUDIT_LOG_GROUP',
    ...credentials,
    'GATEWAY_URL',
    'PROVIDER',
    'SENDING',
    'CLAIM_SECONDS',
    'SANDBOX_SECONDS_PER_PAGE',
  ],
  sweeper: ['FAXES_TABLE', 'KEYS_TABLE', 'SESSIONS_TABLE', 'SETTINGS_TABLE', 'SEND_QUEUE', 'AUDIT_TABLE', 'AUDIT_LOG_GROUP'],
  'audit-read': [...gate, 'AUDIT_TABLE', 'ANCHORS_BUCKET'],
  'audit-anchor': ['AUDIT_TABLE', 'AUDIT_LOG_GROUP', 'ANCHORS_BUCKET', 'SWEEPER_FUNCTION'],
  'auth-history': gate,
  sessions: [...gate, 'SESSIONS_TABLE', 'KEYS_TABLE', 'PEPPER_SECRET', 'AUDIT_TABLE', 'AUDIT_LOG_GROUP', 'SESSION_HOURS', 'SESSION_IDLE_MINUTES'],
  'outcome-notifier': ['OUTCOMES_TOPIC', 'OUTCOME_QUEUE', 'OUTCOME_SIGNING_SECRET', 'PRIVATE_NOTIFY_HOSTS'],
  'native-keys': ['LIMITS_TABLE', 'KEYS_TABLE', 'USAGE_PLANS', 'NATIVE_KEY_POOL', 'STAGE'],
  'fax-webhook': ['SEND_QUEUE', 'SETTINGS_TABLE', ...providerDirectory],
  health: ['KEYS_TABLE', 'FAXES_TABLE', 'SETTINGS_TABLE', 'DOCUMENTS_BUCKET', 'SEND_QUEUE', 'PROVIDER', 'SENDING'],
} as const;

export type GateEnvironment = Readonly<Record<(typeof gate)[number], string>>;

export type FunctionName = keyof typeof functionEnvironments;

export type FunctionEnvironment<F extends FunctionName> = Readonly<Record<(typeof functionEnvironments)[F][number], string>>;
