/** Where a client may be told: what is seen before anything is resolved. */
import { notifyUrlProblem } from '../../lambdas/outcomes/notify-url.js';

const privateHosts = new Set(['hooks.internal']);

it.each(['https://example.com/hooks/fax', 'https://example.com:8443/?a=b', 'https://93.184.216.34/', 'http://hooks.internal:8080/fax', 'https://hooks.internal/fax'])('%s is taken', (url) => {
  expect(notifyUrlProblem(url, privateHosts)).toBeUndefined();
});

it.each([
  ['example.com', 'must be an address'],
  ['ftp://example.com/', 'https only'],
  ['http://example.com/', 'https only'],
  ['https://user:secret@example.com/', 'no user and no password'],
  ['https://127.0.0.1/', 'private network'],
  ['https://169.254.169.254/latest/meta-data', 'private network'],
  ['https://[::1]/', 'private network'],
  ['https://[::ffff:10.0.0.1]/', 'private network'],
  ['https://2130706433/', 'private network'],
  ['gopher://hooks.internal/', 'must be an address'],
  [`https://example.com/${'a'.repeat(500)}`, 'at most 500'],
])('%s is refused: %s', (url, reason) => {
  expect(notifyUrlProblem(url, privateHosts)).toContain(reason);
});
