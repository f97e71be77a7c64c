/** Whose request it is, and what it may call. */
import { judgeToken, mayCall, presentedBy } from '../../lambdas/keys/authorize.js';
import { parsePeppers } from '../../lambdas/keys/secret-hash.js';
import { createToken } from '../../lambdas/keys/token.js';
import { operationIds, operations } from '../../lambdas/contract/operations.js';
import { anonymousCaller, bootstrapCaller, callerContext, readCaller } from '../../lambdas/platform/caller.js';
import { createSessionToken } from '../../lambdas/sessions/session-token.js';
import { keyWithToken, peppers } from './key.fixture.js';

const now = 10_000;
const address = '192.0.2.7';

describe('judging a token', () => {
  it('accepts the secret of an active key and says which secret it was', () => {
    const { key, token } = keyWithToken();
    expect(judgeToken(token, key, peppers, { now, address })).toEqual({ kind: 'accepted', key, secretVersion: 1 });
  });

  it('accepts a secret that was hashed with an older pepper', () => {
    const { key, token } = keyWithToken({}, parsePeppers('{"current":"1","1":"old-pepper"}'));
    expect(judgeToken(token, key, peppers, { now, address }).kind).toBe('accepted');
  });

  it('refuses a secret whose pepper is gone', () => {
    const { key, token } = keyWithToken({}, parsePeppers('{"current":"9","9":"lost"}'));
    expect(judgeToken(token, key, peppers, { now, address })).toMatchObject({ kind: 'refused', reason: 'wrong_secret' });
  });

  it('refuses an unknown key, a wrong secret, a revoked and an expired key, each with its reason', () => {
    const { key, token } = keyWithToken();
    expect(judgeToken(token, undefined, peppers, { now, address })).toEqual({ kind: 'refused', reason: 'unknown_id' });
    expect(judgeToken(createToken(key.id), key, peppers, { now, address })).toEqual({ kind: 'refused', reason: 'wrong_secret' });
    expect(judgeToken(token, { ...key, revokedAt: 5 }, peppers, { now, address })).toEqual({ kind: 'refused', reason: 'revoked', secretVersion: 1 });
    expect(judgeToken(token, { ...key, expiresAt: now }, peppers, { now, address })).toEqual({ kind: 'refused', reason: 'expired', secretVersion: 1 });
    expect(judgeToken(token, { ...key, expiresAt: now + 1 }, peppers, { now, address }).kind).toBe('accepted');
  });
});

describe('what a request presents', () => {
  const key = { kind: 'key', scope: 'fax:read' } as const;
  const token = { kind: 'token', scope: 'fax:read' } as const;

  it('takes X-API-Key in any case of its name, else a bearer token', () => {
    expect(presentedBy({ headers: { 'x-aPi-kEy': ' abc ' }, query: null }, key)).toEqual({ kind: 'key', token: 'abc' });
    expect(presentedBy({ headers: { authorization: 'bearer abc' }, query: null }, key)).toEqual({ kind: 'key', token: 'abc' });
    expect(presentedBy({ headers: { authorization: 'Basic abc' }, query: null }, key)).toEqual({ kind: 'nothing' });
  });

  it('takes the session’s cookie out of others, where no key comes with it', () => {
    const cookie = 'theme=dark; __Host-faxbot-session=fbs_1; __Host-faxbot-session2=no';
    expect(presentedBy({ headers: { Cookie: cookie }, query: null }, key)).toEqual({ kind: 'session', token: 'fbs_1' });
    expect(presentedBy({ headers: { Cookie: cookie, 'X-API-Key': 'k' }, query: null }, key)).toEqual({ kind: 'key', token: 'k' });
    for (const other of ['', '__Host-faxbot-session=', 'faxbot-session=fbs_1', 'x=__Host-faxbot-session=fbs_1']) {
      expect(presentedBy({ headers: { Cookie: other }, query: null }, key)).toEqual({ kind: 'nothing' });
    }
  });

  it('takes no session for signing in, and nothing but a session for what is a session’s own', () => {
    const both = { headers: { Cookie: '__Host-faxbot-session=fbs_1', 'X-API-Key': 'k' }, query: null };
    expect(presentedBy({ ...both, headers: { Cookie: both.headers.Cookie } }, { kind: 'sign-in' })).toEqual({ kind: 'nothing' });
    expect(presentedBy(both, { kind: 'sign-in' })).toEqual({ kind: 'key', token: 'k' });
    expect(presentedBy(both, { kind: 'session' })).toEqual({ kind: 'session', token: 'fbs_1' });
    expect(presentedBy({ ...both, headers: { 'X-API-Key': 'k' } }, { kind: 'session' })).toEqual({ kind: 'nothing' });
  });

  it('takes a document token before a session: a link opens its document, whoever is signed in', () => {
    expect(presentedBy({ headers: { Cookie: '__Host-faxbot-session=fbs_1' }, query: { token: 't' } }, token)).toEqual({ kind: 'document-token' });
  });

  it('takes a document token only where the operation takes one, and a key before it', () => {
    expect(presentedBy({ headers: {}, query: { token: 't' } }, token)).toEqual({ kind: 'document-token' });
    expect(presentedBy({ headers: {}, query: { token: 't' } }, key)).toEqual({ kind: 'nothing' });
    expect(presentedBy({ headers: { 'X-API-Key': 'k' }, query: { token: 't' } }, token)).toEqual({ kind: 'key', token: 'k' });
  });
});

describe('who may call what', () => {
  it('admin may call every operation but a session’s own and a provider’s, and a key without a scope only the open ones, the one that says who it is, and signing in', () => {
    const powerless = { kind: 'key', keyId: keyWithToken().key.id, secretVersion: 1, lastFour: 'abcd', owner: keyWithToken().key.owner, scopes: [], minuteLimit: 0 } as const;
    for (const id of operationIds) {
      const { authentication } = operations[id];
      expect([id, mayCall(bootstrapCaller(0), authentication)]).toEqual([id, !['session', 'signature'].includes(authentication.kind)]);
      expect([id, mayCall(powerless, authentication)]).toEqual([id, ['none', 'any-key', 'sign-in'].includes(authentication.kind)]);
    }
  });

  it('passes the caller through the authorizer context unchanged', () => {
    const { key } = keyWithToken();
    const caller = { kind: 'key', keyId: key.id, secretVersion: 3, lastFour: 'wxyz', owner: key.owner, scopes: key.scopes, minuteLimit: 60 } as const;
    const holder = { owner: key.owner, scopes: key.scopes, minuteLimit: 60 } as const;
    const session = { kind: 'session', sessionId: createSessionToken().id, lastSeenAt: 1_234, key: { keyId: key.id, secretVersion: 3, lastFour: 'wxyz' }, ...holder } as const;
    for (const one of [caller, session, { ...session, key: undefined }, bootstrapCaller(5), anonymousCaller(0)]) expect(readCaller(callerContext(one))).toEqual(one);
    expect(() => readCaller({ kind: 'key', keyId: 'forged' })).toThrow();
    for (const one of [caller, session]) {
      for (const without of Object.keys(callerContext(one))) {
        // A session without a key is the bootstrap key's: its scopes are what tells.
        if (without === 'kind' || (without === 'keyId' && one.kind === 'session')) continue;
        expect(() => readCaller({ ...callerContext(one), [without]: undefined })).toThrow('not one of ours');
      }
    }
    expect(() => readCaller({ kind: 'bootstrap' })).toThrow('not one of ours');
  });
});
