/** The gate: who passes, with which headers, and what the history of sign-ins gets to know. */
import type { AuthEvent } from '../../lambdas/auth-events/auth-event.js';
import { defaultOwner, type SessionId } from '../../lambdas/contract/identifiers.js';
import { createKeyId } from '../../lambdas/keys/token.js';
import { createSessionToken } from '../../lambdas/sessions/session-token.js';
import { gateWith } from '../../lambdas/limits/key-gate.js';
import type { KeyUse } from '../../lambdas/limits/usage-store.js';
import { bootstrapCaller, type Caller } from '../../lambdas/platform/caller.js';
import type { GateRequest } from '../../lambdas/platform/gate.js';

const minute = 29_000_000;
const now = minute * 60_000 + 10_000;
const origin = { source_ip: '192.0.2.1', user_agent: 'test', request_id: 'r', method: 'GET', route: '/fax/{id}' };

function keyCaller(minuteLimit: number): Extract<Caller, { kind: 'key' }> {
  return { kind: 'key', keyId: createKeyId(), secretVersion: 2, lastFour: 'wxyz', owner: defaultOwner, scopes: ['fax:read'], minuteLimit };
}

const knock = (caller: Caller, more: Partial<GateRequest> = {}): GateRequest => ({ caller, operation: 'getFax', origin, now, ...more });

/** A gate whose counter gives these counts. */
function gate(...counts: number[]) {
  const uses: KeyUse[] = [];
  const events: AuthEvent[] = [];
  const noted: SessionId[] = [];
  const pass = gateWith({
    count: (use) => {
      uses.push(use);
      return Promise.resolve({ minute: Math.floor(use.now / 60_000), requests: counts.shift() ?? 0 });
    },
    record: (event) => {
      events.push(event);
      return Promise.resolve();
    },
    noteSession: (id) => {
      noted.push(id);
      return Promise.resolve();
    },
  });
  return { pass, uses, events, noted };
}

it.each(['token-holder', 'anyone'] as const)('is open for %s, and neither counts nor records', async (kind) => {
  const { pass, uses, events } = gate();
  expect(await pass(knock({ kind }))).toMatchObject({ kind: 'open', headers: {} });
  expect([uses, events]).toEqual([[], []]);
});

it('counts a key without a limit, too: its scope, its use and its first request of the minute are known', async () => {
  const { pass, uses, events } = gate(1, 2);
  const caller = keyCaller(0);
  for (let count = 0; count < 2; count += 1) expect(await pass(knock(caller))).toMatchObject({ kind: 'open', headers: {} });
  expect(uses).toEqual([1, 2].map(() => ({ caller, scope: 'fax:read', limitClass: undefined, now })));
  expect(events).toEqual([
    {
      id: expect.any(String),
      time: now,
      outcome: 'accepted',
      reason: undefined,
      caller: 'key',
      key: { id: caller.keyId, owner: defaultOwner, secretVersion: 2, lastFour: 'wxyz' },
      sessionId: undefined,
      origin,
      suppressed: 0,
    },
  ]);
});

it('notes the use of a session once a minute, however it ends, and counts it for its key', async () => {
  const { pass, uses, events, noted } = gate(1, 2, 9);
  const { keyId, secretVersion, lastFour, ...holder } = keyCaller(5);
  const { id: sessionId } = createSessionToken();
  const session = { ...holder, kind: 'session', sessionId, key: { keyId, secretVersion, lastFour } } as const;
  await pass(knock({ ...session, lastSeenAt: now - 59_999 }));
  expect(noted).toEqual([]);
  await pass(knock({ ...session, lastSeenAt: now - 60_000 }));
  expect(await pass(knock({ ...session, lastSeenAt: now - 60_000 }))).toMatchObject({ kind: 'shut' });
  expect(noted).toEqual([sessionId, sessionId]);
  expect(uses.map(({ caller }) => caller.kind)).toEqual(['session', 'session', 'session']);
  expect(events[0]).toMatchObject({ outcome: 'accepted', caller: 'session', sessionId, key: { id: keyId, secretVersion, lastFour } });
});

it('is shut over the limit, and says when it opens', async () => {
  const { pass } = gate(5, 6);
  const caller = keyCaller(5);
  expect(await pass(knock(caller))).toMatchObject({ kind: 'open', headers: { 'RateLimit-Policy': '"minute";q=5;w=60', RateLimit: '"minute";r=0;t=50' } });
  expect(await pass(knock(caller))).toMatchObject({ kind: 'shut', headers: { RateLimit: '"minute";r=0;t=50', 'Retry-After': '50' } });
});

it('records the first refusal of each key and minute, and the next event says how many came after it', async () => {
  const { pass, events } = gate(2, 3, 4, 2, 2);
  const [one, other] = [keyCaller(1), keyCaller(1)];
  for (let count = 0; count < 3; count += 1) await pass(knock(one));
  await pass(knock(other));
  await pass(knock(one, { now: now + 60_000 }));
  expect(events.map(({ outcome, reason, key, suppressed }) => [outcome, reason, key?.id, suppressed])).toEqual([
    ['limited', 'limited', one.keyId, 0],
    ['limited', 'limited', other.keyId, 2],
    ['limited', 'limited', one.keyId, 0],
  ]);
});

it('tells of the bootstrap key without a key’s name', async () => {
  const { pass, events } = gate(1);
  await pass(knock(bootstrapCaller(10)));
  expect(events).toMatchObject([{ outcome: 'accepted', caller: 'bootstrap', key: undefined }]);
});

it('writes no more than its budget, however many keys are over their limits', async () => {
  const { pass, events } = gate(...Array.from({ length: 200 }, () => 2));
  for (let count = 0; count < 200; count += 1) await pass(knock(keyCaller(1), { now: now + count * 100 }));
  expect(events.length).toBe(60);
});
