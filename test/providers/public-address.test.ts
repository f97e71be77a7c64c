/** No request that somebody else names reaches into the network that it comes from. */
import { isPublicAddress } from '../../lambdas/providers/public-address.js';
import { providerExchange } from '../../lambdas/providers/provider-exchange.js';
import { mayBeCalled, publicLookup } from '../../lambdas/providers/public-lookup.js';

test.each(['8.8.8.8', '1.1.1.1', '52.94.0.1', '172.32.0.1', '192.167.255.255', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001:830::200e'])('%s is public', (address) =>
  expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ['this machine', ['127.0.0.1', '127.255.255.254', '0.0.0.0', '::1', '::']],
  ['a private network', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fd12:3456:789a::1']],
  ['a metadata service', ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254']],
  ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0']],
  ['IPv4 in an IPv6 address', ['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1']],
  ['of documentation, tests and multicast', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '2001:db8::1', 'ff02::1']],
  ['no address', ['', 'localhost', 'example.com', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::1]', '8.8.8.8:80']],
])('%s is not', (_, addresses) => {
  for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false]);
});

test('a name with an address that is not public is not connected to, and an address in a URL is checked by itself', async () => {
  const exchange = await providerExchange({ method: 'GET', url: new URL('http://localhost:9/'), headers: {}, lookup: publicLookup, signal: AbortSignal.timeout(10_000) });
  expect(exchange).toEqual({ kind: 'not_connected', error: 'localhost:9: ENOTPUBLIC' });
  expect(['https://[::1]/', 'https://[::ffff:10.0.0.1]/', 'https://127.0.0.1/', 'https://2130706433/'].filter((url) => mayBeCalled(new URL(url)))).toEqual([]);
  expect(mayBeCalled(new URL('https://api.example.com/'))).toBe(true);
});
