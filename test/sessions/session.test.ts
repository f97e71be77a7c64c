/** What is decided about a session: whether it is one in force, to the millisecond, and whether the console sent a request. */
import { hashToken, parsePeppers } from '../../lambdas/keys/secret-hash.js';
import { isConsoleRequest } from '../../lambdas/sessions/console-request.js';
import { parsePosition, writePosition } from '../../lambdas/sessions/session-position.js';
import { fromItem, toItem } from '../../lambdas/sessions/session-item.js';
import { createSessionToken, parseSessionToken } from '../../lambdas/sessions/session-token.js';
import { idleEndOf, judgeKeyOf, judgeSession, type Session } from '../../lambdas/sessions/session.js';
import { keyWithToken } from '../keys/key.fixture.js';

const peppers = parsePeppers('{"current":"1","1":"pepper"}');
const begin = 1_000_000;

function sessionWithToken(more: Partial<Session> = {}): { readonly session: Session; readonly token: string } {
  const { id, token } = createSessionToken();
  const session: Session = {
    id,
    key: undefined,
    ...hashToken(token, peppers),
    createdAt: begin,
    endsAt: begin + 10_000,
    idleMilliseconds: 3_000,
    sourceIp: '192.0.2.1',
    userAgent: 'test',
    endedAt: undefined,
    outbox: [],
    ...more,
  };
  return { session, token };
}

describe('a session', () => {
  const { session, token } = sessionWithToken();
  const judge = (now: number, lastSeenAt = begin, one = session) => judgeSession(token, { session: one, lastSeenAt }, peppers, now);

  it('is in force until the millisecond of its idle end, which a use puts off, and of its absolute end, which none does', () => {
    expect([judge(begin + 2_999), judge(begin + 3_000)]).toEqual([undefined, 'session_ended']);
    expect([judge(begin + 5_999, begin + 3_000), judge(begin + 6_000, begin + 3_000)]).toEqual([undefined, 'session_ended']);
    expect([judge(begin + 9_999, begin + 9_000), judge(begin + 10_000, begin + 9_999)]).toEqual([undefined, 'session_ended']);
    expect([idleEndOf(session, begin), idleEndOf(session, begin + 9_000)]).toEqual([begin + 3_000, begin + 10_000]);
  });

  it('is over once somebody ended it, whatever the clock of whoever asks', () => {
    expect(judge(begin, begin, { ...session, endedAt: begin + 500 })).toBe('session_ended');
  });

  it('is unknown by another token, one of a pepper that is gone, and where there is none', () => {
    const other = createSessionToken().token;
    expect(judgeSession(other, { session, lastSeenAt: begin }, peppers, begin)).toBe('unknown_session');
    expect(judgeSession(token, { session, lastSeenAt: begin }, parsePeppers('{"current":"2","2":"new"}'), begin)).toBe('unknown_session');
    expect(judgeSession(token, undefined, peppers, begin)).toBe('unknown_session');
  });

  it('dies with its key, for the key’s own reason, and with the secret that opened it', () => {
    const { key } = keyWithToken();
    const held = { keyId: key.id, secretVersion: 1, lastFour: 'abcd' };
    const reason = (change: Partial<typeof key>, address?: string) => judgeKeyOf(held, { ...key, ...change }, address, begin);
    const [secret] = key.secrets;
    if (secret === undefined) throw new Error('The key has no secret');
    expect(reason({})).toBeUndefined();
    expect(reason({ revokedAt: 1 })).toBe('revoked');
    expect(reason({ disabledAt: 1 })).toBe('disabled');
    expect(reason({ expiresAt: begin })).toBe('expired');
    expect(reason({ allowedIps: ['203.0.113.0/24'] }, '192.0.2.1')).toBe('ip_refused');
    expect(reason({ secrets: [{ ...secret, endsAt: begin + 1 }] })).toBeUndefined();
    expect(reason({ secrets: [{ ...secret, endsAt: begin }] })).toBe('rotated_out');
    expect(reason({ secrets: [{ ...secret, version: 2 }] })).toBe('rotated_out');
    expect(judgeKeyOf(held, undefined, undefined, begin)).toBe('unknown_id');
  });

  it('is stored and read back whole; a damaged item is none', () => {
    const stored = { ...toItem({ ...session, key: { keyId: keyWithToken().key.id, secretVersion: 2, lastFour: 'wxyz' } }) };
    expect(fromItem(stored)).toMatchObject({ id: session.id, endsAt: session.endsAt, key: { secretVersion: 2 } });
    for (const name of ['id', 'hash', 'endsAt', 'idleMilliseconds', 'outbox']) expect(() => fromItem({ ...stored, [name]: undefined })).toThrow(name);
    expect(() => fromItem({ ...stored, key: {} })).toThrow('keyId');
  });
});

describe('a session’s token', () => {
  it('names its session, and no other text does', () => {
    const { id, token } = createSessionToken();
    expect(parseSessionToken(token)).toBe(id);
    const typo = `${token.slice(0, -8)}${token.at(-8) === 'a' ? 'b' : 'a'}${token.slice(-7)}`;
    for (const other of ['', 'fbs_', typo, token.replace('fbs_', 'fbk_'), `${token} `, keyWithToken().token]) expect(parseSessionToken(other)).toBeUndefined();
  });
});

it('a place in the list is read as it was written', () => {
  const place = { endsAt: 1_790_000_000_000, id: createSessionToken().id };
  expect(parsePosition(writePosition(place))).toEqual(place);
  for (const other of ['', '1', `x.${place.id}`, `1.${place.id}0`]) expect(parsePosition(other)).toBeUndefined();
});

describe('a request with a session’s cookie', () => {
  const header = ['x-requested-by', 'faxbot-console'] as const;
  it.each([
    ['GET', [], true],
    ['HEAD', [], true],
    ['POST', [], false],
    ['POST', [header], true],
    ['DELETE', [header, ['sec-fetch-site', 'same-origin']], true],
    ['DELETE', [header, ['sec-fetch-site', 'same-site']], false],
    ['PUT', [header, ['sec-fetch-site', 'cross-site']], false],
    ['PATCH', [header, ['sec-fetch-site', 'none']], false],
    ['POST', [['sec-fetch-site', 'same-origin']], false],
    ['POST', [['x-requested-by', 'faxbot-console, other']], false],
    ['QUERY', [], false],
  ] as const)('%s with %j: %s', (method, headers, expected) => {
    expect(isConsoleRequest(method, new Map(headers))).toBe(expected);
  });
});
