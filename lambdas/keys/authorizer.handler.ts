/** The Lambda authorizer: sees every request to an operation that is not open, without a cache in front. */
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { auditLogWriter } from '../audit/audit-log-store.js';
import { auditEvent, type Actor } from '../audit/event.js';
import { errors } from '../contract/errors.js';
import type { KeyId } from '../contract/identifiers.js';
import type { RefusalReason } from '../contract/key-words.js';
import { findOperation, operations, type Authentication } from '../contract/operations.js';
import { anonymousPlan, defaultTier, sharedNativeKey, type UsagePlanName } from '../contract/tiers.js';
import { actorOf, bootstrapCaller, callerContext, type Caller } from '../platform/caller.js';
import { readEnvironment } from '../platform/environment.js';
import { logFailure } from '../platform/failure-log.js';
import { readSecret } from '../platform/secrets.js';
import { judgeToken, mayCall, presentedBy } from './authorize.js';
import { hasStandingAdmin, readKey } from './authorizer-store.js';
import { RefusalBudget } from './refusal-budget.js';
import { equalSecrets, parsePeppers } from './secret-hash.js';
import { parseToken } from './token.js';
import { kept } from '../platform/kept.js';

const environment = readEnvironment('authorizer');
const peppers = kept(async () => parsePeppers(await readSecret(environment.PEPPER_SECRET)), 300);
const bootstrapKey = kept(() => readSecret(environment.BOOTSTRAP_SECRET), 60);
const writeAuditLog = auditLogWriter(environment.AUDIT_LOG_GROUP);
const refusals = new RefusalBudget(5);

type Identity =
  | { readonly kind: 'known'; readonly caller: Caller; readonly plan: UsagePlanName }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly keyId?: KeyId };

/**
 * Lets a request through with its caller and usage plan, or refuses it: 401 by throwing `Unauthorized`, the word that API
 * Gateway knows, 403 by a policy that denies.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const id = findOperation(event.httpMethod, event.resource);
  if (id === undefined) throw new Error(`The gateway asked about ${event.httpMethod} ${event.resource}, which is no operation`);
  const authentication: Authentication = operations[id].authentication;

  const identity = await identify(event, authentication);
  if (identity.kind === 'refused') {
    await auditRefusal(event, { type: 'anonymous' }, identity.reason, identity.keyId);
    throw new Error('Unauthorized');
  }
  const { caller, plan } = identity;
  const allowed = mayCall(caller, authentication);
  if (!allowed) await auditRefusal(event, actorOf(caller), 'scope_missing', caller.kind === 'key' ? caller.keyId : undefined);
  return {
    principalId: caller.kind === 'key' ? caller.keyId : caller.kind,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: allowed ? 'Allow' : 'Deny', Resource: event.methodArn }],
    },
    context: allowed ? callerContext(caller) : { code: 'insufficient_scope', detail: insufficientScope(authentication) },
    usageIdentifierKey: sharedNativeKey(plan, environment.STACK_UNIQUE_ID),
  };
}

function insufficientScope(authentication: Authentication): string {
  return 'scope' in authentication ? `${errors.insufficient_scope.detail}: ${authentication.scope} required` : errors.insufficient_scope.detail;
}

async function identify(event: APIGatewayRequestAuthorizerEvent, authentication: Authentication): Promise<Identity> {
  const presented = presentedBy({ headers: event.headers, query: event.queryStringParameters }, authentication);
  if (presented.kind === 'nothing') return { kind: 'refused', reason: 'no_key' };
  if (presented.kind === 'document-token') return { kind: 'known', caller: { kind: 'token-holder' }, plan: anonymousPlan };
  const { token } = presented;

  const parsed = parseToken(token);
  if (parsed.kind === 'well-formed') {
    const [key, current] = await Promise.all([readKey(environment.KEYS_TABLE, parsed.keyId), peppers()]);
    const verdict = judgeToken(token, key, current, { now: Date.now(), address: event.requestContext.identity.sourceIp });
    if (verdict.kind === 'accepted') {
      const { id, owner, scopes, tier } = verdict.key;
      return { kind: 'known', caller: { kind: 'key', keyId: id, secretVersion: verdict.secretVersion, owner, scopes }, plan: tier };
    }
    return (await isBootstrapKey(token)) ? identifyBootstrap() : verdict;
  }
  if (await isBootstrapKey(token)) return identifyBootstrap();
  return { kind: 'refused', reason: parsed.kind === 'bad-checksum' ? 'bad_checksum' : 'malformed' };
}

/** The bootstrap key may be any string: the person who starts the gateway chooses it. */
async function isBootstrapKey(token: string): Promise<boolean> {
  return equalSecrets(token, await bootstrapKey());
}

async function identifyBootstrap(): Promise<Identity> {
  if (await hasStandingAdmin(environment.KEYS_TABLE)) return { kind: 'refused', reason: 'bootstrap_ended' };
  return { kind: 'known', caller: bootstrapCaller, plan: defaultTier };
}

/** A refusal is written before it is answered, but a flood of them is counted, not written. It never fails a request. */
async function auditRefusal(event: APIGatewayRequestAuthorizerEvent, actor: Actor, reason: RefusalReason, keyId: KeyId | undefined): Promise<void> {
  const now = Date.now();
  const allowance = refusals.take(now);
  if (allowance.kind === 'exhausted') return;
  const { identity, requestId } = event.requestContext;
  const origin = {
    source_ip: identity.sourceIp,
    user_agent: (identity.userAgent ?? '').slice(0, 200),
    request_id: requestId,
    method: event.httpMethod,
    route: event.resource,
  };
  const fact = {
    event: 'auth_refused',
    reason,
    ...(keyId === undefined ? {} : { target_key_id: keyId }),
    ...(allowance.suppressed === 0 ? {} : { suppressed: allowance.suppressed }),
  } as const;
  try {
    await writeAuditLog([auditEvent(fact, { actor, origin }, { id: randomUUID(), now }, 'refused')]);
  } catch (error) {
    logFailure('A refusal could not be written to the audit log', error);
  }
}
