/** The addresses that providers get, and the one that a request says it reached: the same text, since some providers sign it. */
import fc from 'fast-check';
import { isAttemptId, type AttemptId } from '../../lambdas/contract/identifiers.js';
import { findOperation } from '../../lambdas/contract/operations.js';
import { baseUrlOf, calledAddress } from '../../lambdas/platform/called-address.js';
import { callbackAddress, callbackAddresses, hasOwnCallback } from '../../lambdas/webhooks/callback-address.js';

const gateway = 'https://abc123.execute-api.eu-central-1.amazonaws.com/api';
const providers = ['phaxio', 'sinch', 'telnyx', 'signalwire', 'my-provider-2'];

const attempts = fc.tuple(fc.stringMatching(/^[0-9a-f]{32}$/), fc.integer({ min: 1, max: 99 })).map(([job, number]): AttemptId => {
  const id = `${job}-${number}`;
  if (!isAttemptId(id)) throw new Error(id);
  return id;
});

/** What API Gateway makes of an address that is called: host and path as sent, the query decoded. */
function eventOf(url: string) {
  const [, host = '', path = '', query = ''] = /^https:\/\/([^/]+)([^?]*)\??(.*)$/.exec(url) ?? [];
  const multiValueQueryStringParameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (multiValueQueryStringParameters[name] ??= []).push(value);
  return {
    path: path.replace(/^\/api/, ''),
    headers: { Host: host, 'X-Forwarded-Proto': 'https' },
    multiValueQueryStringParameters: query === '' ? null : multiValueQueryStringParameters,
    requestContext: { path, domainName: host },
  };
}

it('an address that a provider is given is, letter for letter, the one that is found when it is called', () => {
  fc.assert(
    fc.property(fc.constantFrom(...providers), attempts, (provider, attempt) => {
      const given = callbackAddress(gateway, provider, attempt);
      expect(calledAddress(eventOf(given.href)).href).toBe(given.href);
    }),
  );
});

it.each(providers)('%s has an address at an operation that is its own, or that names it', (provider) => {
  const [attempt] = fc.sample(attempts, 1);
  if (attempt === undefined) throw new Error('No attempt');
  const { pathname, search } = callbackAddress(gateway, provider, attempt);
  expect(search).toBe(`?attempt=${attempt}`);
  const operation = findOperation('POST', pathname.replace(/^\/api/, '').replace(`-callback/${provider}`, '-callback/{id}'));
  expect([provider, operation]).toEqual([provider, hasOwnCallback(provider) ? `${provider}Callback` : 'providerCallback']);
});

it('an address behind a domain of one’s own has that domain, and no stage', () => {
  const event = { ...eventOf('https://fax.example.com/telnyx-callback?attempt=x'), path: '/telnyx-callback' };
  expect([calledAddress(event).href, baseUrlOf(event)]).toEqual(['https://fax.example.com/telnyx-callback?attempt=x', 'https://fax.example.com']);
});

it('an address without a query has none', () => {
  expect(calledAddress(eventOf(`${gateway}/sinch-callback`)).href).toBe(`${gateway}/sinch-callback`);
});

it('a port that goes without saying is left out, as whoever signs an address does', () => {
  const event = eventOf(`${gateway}/phaxio-callback`);
  expect(calledAddress({ ...event, headers: { ...event.headers, Host: `${event.headers.Host}:443` } }).href).toBe(`${gateway}/phaxio-callback`);
});

it('on one machine, only what stands in for a provider is told where the gateway would be at AWS', () => {
  const [attempt] = fc.sample(attempts, 1);
  if (attempt === undefined) throw new Error('No attempt');
  const given = { gateway, endpoints: '{"sinch":"http://127.0.0.1:9"}' };
  const here = callbackAddresses({ ...given, onOneMachine: true });
  expect([here('sinch', attempt), here('phaxio', attempt)]).toEqual([callbackAddress(gateway, 'sinch', attempt), undefined]);
  expect(callbackAddresses({ ...given, onOneMachine: false })('phaxio', attempt)).toEqual(callbackAddress(gateway, 'phaxio', attempt));
});
