/** Ranges of addresses that may present a key. Pure. */
import { BlockList, isIP } from 'node:net';

/**
 * True where the address lies in one of the ranges, or where there are none.
 * @param ranges CIDR, IPv4 and IPv6, as the contract's schema let them in
 * @param address as API Gateway saw it; text that is no address lies in no range
 */
export function isAllowedAddress(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return true;
  const family = isIP(address);
  if (family === 0) return false;
  const allowed = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    allowed.addSubnet(network, Number(bits), familyName(isIP(network)));
  }
  return allowed.check(address, familyName(family));
}

function familyName(family: number): 'ipv4' | 'ipv6' {
  return family === 6 ? 'ipv6' : 'ipv4';
}
