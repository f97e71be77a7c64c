/** The Lambda authorizer: sees every request to an operation that is not open, without a cache in front. */
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { auditLogWriter } from '../audit/audit-log-store.js';
import { unlessSilenced } from '../audit/silence.js';
import { namedKeyOf, sessionIdOf, type NamedKey } from '../auth-events/auth-event.js';
import { authEventRecorder } from '../auth-events/auth-event-store.js';
import { refusalRecorder } from '../auth-events/record-refusal.js';
import { errors, type ErrorCode } from '../contract/errors.js';
import { adminScope } from '../contract/scopes.js';
import type { RefusalReason } from '../contract/key-words.js';
import { findOperation, operations, type LimitClass, type Operation } from '../contract/operations.js';
import { defaultOwner, type SessionId } from '../contract/identifiers.js';
import { anonymousPlan, consolePlan, defaultTier, sharedNativeKey, type UsagePlanName } from '../contract/tiers.js';
import { minuteLimitOf } from '../limits/minute-limit.js';
import { anonymousCaller, bootstrapCaller, callerContext, type Caller } from '../platform/caller.js';
import { readEnvironment } from '../platform/environment.js';
import { logWarning } from '../platform/failure-log.js';
import { addressContext, originOf } from '../platform/origin.js';
import { readSecret } from '../platform/secrets.js';
import { judgeToken, lowerCased, mayCall, presentedBy } from './authorize.js';
import { hasStandingAdmin, readKey } from './authorizer-store.js';
import { clientAddress, viewerClaimOf } from './client-address.js';
import type { KeySecret } from './key.js';
import { equalSecrets, parsePeppers } from './secret-hash.js';
import { parseToken } from './token.js';
import { kept } from '../platform/kept.js';
import { isConsoleRequest } from '../sessions/console-request.js';
import { readSession } from '../sessions/session-reader.js';
import { parseSessionToken } from '../sessions/session-token.js';
import { judgeKeyOf, judgeSession } from '../sessions/session.js';
import { settingsReader } from '../settings/settings-reader.js';

const environment = readEnvironment('authorizer');
const peppers = kept(async () => parsePeppers(await readSecret(environment.PEPPER_SECRET)), 300);
const bootstrapKey = kept(() => readSecret(environment.BOOTSTRAP_SECRET), 60);
const originSecret = kept(() => readSecret(environment.ORIGIN_SECRET), 300);
const settings = settingsReader(environment.SETTINGS_TABLE);
const recordRefusal = refusalRecorder({ writeAuditLog: unlessSilenced(auditLogWriter(environment.AUDIT_LOG_GROUP), settings), record: authEventRecorder(environment) });

type Identity =
  /** `nativeKey`: the native API Gateway key that it leases; without one it shares its plan's. */
  | { readonly kind: 'known'; readonly caller: Caller; readonly plan: UsagePlanName; readonly nativeKey?: string | undefined }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly key?: NamedKey; readonly sessionId?: SessionId };

/** Why somebody who was recognized may not do what they ask for, for the history and for themselves. */
interface Denial {
  readonly reason: RefusalReason;
  readonly code: ErrorCode;
  readonly detail: string;
}

/**
 * Lets a request through with its caller and usage plan, or refuses it: 401 by throwing `Unauthorized`, the word that API
 * Gateway knows, 403 by a policy that denies.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const id = findOperation(event.httpMethod, event.resource);
  if (id === undefined) throw new Error(`The gateway asked about ${event.httpMethod} ${event.resource}, which is no operation`);
  const operation: Operation = operations[id];

  const address = await addressOf(event);
  const identity = await identify(event, operation, address);
  if (identity.kind === 'refused') {
    const { reason, key, sessionId } = identity;
    await recordRefusal({ reason, key, sessionId, origin: originOf(event, address), now: Date.now() });
    throw new Error('Unauthorized');
  }
  const { caller, plan, nativeKey } = identity;
  const denial = denialOf(event, operation, caller);
  if (denial !== undefined) {
    await recordRefusal({ reason: denial.reason, caller, key: namedKeyOf(caller), sessionId: sessionIdOf(caller), origin: originOf(event, address), now: Date.now() });
  }
  return {
    principalId: principalOf(caller),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: denial === undefined ? 'Allow' : 'Deny', Resource: event.methodArn }],
    },
    context: denial === undefined ? { ...callerContext(caller), ...addressContext(address) } : { code: denial.code, detail: denial.detail },
    usageIdentifierKey: nativeKey ?? sharedNativeKey(plan, environment.STACK_UNIQUE_ID),
  };
}

/** Only a request that comes by the console, or says so, needs the secret. */
async function addressOf({ headers, requestContext }: APIGatewayRequestAuthorizerEvent): Promise<string> {
  const { sourceIp } = requestContext.identity;
  const claim = viewerClaimOf(lowerCased(headers));
  return claim === undefined ? sourceIp : clientAddress(claim, await originSecret(), sourceIp);
}

/** As the access log names it. */
function principalOf(caller: Caller): string {
  switch (caller.kind) {
    case 'key':
      return caller.keyId;
    case 'session':
      return caller.sessionId;
    default:
      return caller.kind;
  }
}

function denialOf(event: APIGatewayRequestAuthorizerEvent, operation: Operation, caller: Caller): Denial | undefined {
  if (caller.kind === 'session' && !isConsoleRequest(event.httpMethod, lowerCased(event.headers))) {
    return { reason: 'cross_site', code: 'cross_site_request', detail: errors.cross_site_request.detail };
  }
  return mayCall(caller, operation.authentication) ? undefined : { reason: 'scope_missing', code: 'insufficient_scope', detail: insufficientScope(operation) };
}

function insufficientScope({ authentication }: Operation): string {
  return 'scope' in authentication ? `${errors.insufficient_scope.detail}: ${authentication.scope} required` : errors.insufficient_scope.detail;
}

async function identify(event: APIGatewayRequestAuthorizerEvent, operation: Operation, address: string): Promise<Identity> {
  const { authentication, limitClass } = operation;
  const presented = presentedBy({ headers: event.headers, query: event.queryStringParameters }, authentication);
  if (presented.kind === 'nothing') return identifyNobody(operation);
  if (presented.kind === 'document-token') return { kind: 'known', caller: { kind: 'token-holder' }, plan: anonymousPlan };
  const { token } = presented;
  if (presented.kind === 'session') return identifySession(token, operation, address);

  const parsed = parseToken(token);
  if (parsed.kind === 'well-formed') {
    const [key, current, limits] = await Promise.all([readKey(environment.KEYS_TABLE, parsed.keyId), peppers(), settings()]);
    const verdict = judgeToken(token, key, current, { now: Date.now(), address });
    if (verdict.kind === 'accepted') {
      const { id: keyId, owner, scopes, tier, requestsPerMinute: own, nativeKey, secrets } = verdict.key;
      const { secretVersion } = verdict;
      const lastFour = lastFourOf(secrets, secretVersion) ?? '';
      const minuteLimit = minuteLimitOf({ own, tier, limitClass }, limits);
      return { kind: 'known', caller: { kind: 'key', keyId, secretVersion, lastFour, owner, scopes, minuteLimit }, plan: tier, nativeKey };
    }
    if (await isBootstrapKey(token)) return identifyBootstrap(limitClass);
    const { reason, secretVersion } = verdict;
    const named = key === undefined ? {} : { key: { id: key.id, owner: key.owner, secretVersion, lastFour: lastFourOf(key.secrets, secretVersion) } };
    return { kind: 'refused', reason, ...named };
  }
  if (await isBootstrapKey(token)) return identifyBootstrap(limitClass);
  return { kind: 'refused', reason: parsed.kind === 'bad-checksum' ? 'bad_checksum' : 'malformed' };
}

/** A session has what its key has, at this moment. It dies with its key; one of the bootstrap key goes on after that has ended. */
async function identifySession(token: string, { limitClass }: Operation, address: string): Promise<Identity> {
  const id = parseSessionToken(token);
  if (id === undefined) return { kind: 'refused', reason: 'unknown_session' };
  const [found, current, limits] = await Promise.all([readSession(environment, id), peppers(), settings()]);
  const refused = judgeSession(token, found, current, Date.now());
  if (found === undefined) return { kind: 'refused', reason: 'unknown_session' };
  const { session, lastSeenAt } = found;
  const known = { kind: 'session', sessionId: id, lastSeenAt, key: session.key } as const;
  if (session.key === undefined) {
    if (refused !== undefined) return { kind: 'refused', reason: refused, sessionId: id };
    const minuteLimit = minuteLimitOf({ tier: defaultTier, limitClass }, limits);
    return { kind: 'known', caller: { ...known, owner: defaultOwner, scopes: [adminScope], minuteLimit }, plan: consolePlan };
  }
  const key = await readKey(environment.KEYS_TABLE, session.key.keyId);
  const reason = refused ?? judgeKeyOf(session.key, key, address, Date.now());
  if (key === undefined || reason !== undefined) {
    const { keyId, secretVersion, lastFour } = session.key;
    return { kind: 'refused', reason: reason ?? 'unknown_id', sessionId: id, ...(key === undefined ? {} : { key: { id: keyId, owner: key.owner, secretVersion, lastFour } }) };
  }
  const { owner, scopes, tier, requestsPerMinute: own } = key;
  return { kind: 'known', caller: { ...known, owner, scopes, minuteLimit: minuteLimitOf({ own, tier, limitClass }, limits) }, plan: consolePlan };
}

/** Without a key, where none is required (REQUIRE_API_KEY=false): what sends and reads faxes is open; administration never is. */
async function identifyNobody({ authentication, limitClass }: Operation): Promise<Identity> {
  const current = await settings();
  const caller = anonymousCaller(minuteLimitOf({ limitClass }, current));
  if (current.requireApiKey || !mayCall(caller, authentication)) return { kind: 'refused', reason: 'no_key' };
  return { kind: 'known', caller, plan: anonymousPlan };
}

/** The bootstrap key may be any string: the person who starts the gateway chooses it. */
async function isBootstrapKey(token: string): Promise<boolean> {
  return equalSecrets(token, await bootstrapKey());
}

async function identifyBootstrap(limitClass: LimitClass | undefined): Promise<Identity> {
  const [ended, limits] = await Promise.all([hasStandingAdmin(environment.KEYS_TABLE), settings()]);
  if (ended) {
    logWarning('The bootstrap key was presented, but it ended with the first admin key: sign in with an admin key');
    return { kind: 'refused', reason: 'bootstrap_ended' };
  }
  return { kind: 'known', caller: bootstrapCaller(minuteLimitOf({ tier: defaultTier, limitClass }, limits)), plan: defaultTier };
}

/** Of the token whose secret has this version; undefined where it was none of the key's. */
function lastFourOf(secrets: readonly KeySecret[], secretVersion: number | undefined): string | undefined {
  return secrets.find(({ version }) => version === secretVersion)?.lastFour;
}
