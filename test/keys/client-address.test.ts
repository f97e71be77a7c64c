/** Whose address a request has: nobody but the console's distribution can say another than API Gateway saw. */
import { addressContext, addressOf } from '../../lambdas/platform/origin.js';
import { clientAddress, viewerClaimOf } from '../../lambdas/keys/client-address.js';

const secret = 's'.repeat(64);
const seen = '70.132.1.1';
const addressFor = (headers: Readonly<Record<string, string>>) => {
  const claim = viewerClaimOf(new Map(Object.entries(headers)));
  return claim === undefined ? seen : clientAddress(claim, secret, seen);
};

describe('the address of a request', () => {
  it.each(['192.0.2.7', '2001:db8::7'])('is the viewer’s, %s, where the distribution tells it', (viewer) => {
    expect(addressFor({ 'faxbot-viewer-address': viewer, 'faxbot-origin-secret': secret })).toBe(viewer);
  });

  it.each([
    ['without the secret', { 'faxbot-viewer-address': '192.0.2.7' }],
    ['with an empty one', { 'faxbot-viewer-address': '192.0.2.7', 'faxbot-origin-secret': '' }],
    ['with a wrong one', { 'faxbot-viewer-address': '192.0.2.7', 'faxbot-origin-secret': 'wrong' }],
    ['with the beginning of the right one', { 'faxbot-viewer-address': '192.0.2.7', 'faxbot-origin-secret': secret.slice(1) }],
    ['with the secret and no address', { 'faxbot-origin-secret': secret }],
    ['with the secret and what is no address', { 'faxbot-viewer-address': '192.0.2.7, 10.0.0.1', 'faxbot-origin-secret': secret }],
    ['that names itself in another header', { 'x-forwarded-for': '192.0.2.7', 'cloudfront-viewer-address': '192.0.2.7:443', 'faxbot-origin-secret': secret }],
  ])('%s is the one that API Gateway saw', (_, headers) => {
    expect(addressFor(headers)).toBe(seen);
  });

  it('asks for no secret where no address is claimed, and so not of a request that came directly', () => {
    expect(viewerClaimOf(new Map([['x-api-key', 'fbk_live_1']]))).toBeUndefined();
  });
});

describe('a function', () => {
  const identity = { sourceIp: seen };
  const contextWith = (authorizer: Readonly<Record<string, unknown>> | undefined) => addressOf({ identity, authorizer });

  it('has the address from the authorizer, and API Gateway’s for an operation that is open', () => {
    expect(contextWith({ kind: 'bootstrap', ...addressContext('192.0.2.7') })).toBe('192.0.2.7');
    expect(contextWith(undefined)).toBe(seen);
  });
});
