/**
 * Is an IP address one of the public internet? What an administrator or a client names as the target of a request must not
 * reach into the network that the request comes from: metadata services, private subnets, the machine itself.
 */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries: everything that is not globally reachable, and multicast. */
const notPublic4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carriers' NAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata service
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

const notPublic6: readonly (readonly [string, number])[] = [
  // Of the transitions from IPv4, too (mapped, NAT64, 6to4, Teredo): they name an IPv4 address that may be private.
  ['64:ff9b::', 96],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** All of the IPv6 internet that is given out today; the rest is loopback, mapped, unique local, link-local, multicast. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

const blocked = new BlockList();
for (const [net, prefix] of notPublic4) blocked.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of notPublic6) blocked.addSubnet(net, prefix, 'ipv6');

/** @param address as DNS answers it, or as it stands in a URL without its brackets; what is no address is not public */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, 'ipv4');
    case 6:
      // An address with a zone (`fe80::1%eth0`) is link-local by its meaning.
      return !address.includes('%') && global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
    default:
      return false;
  }
}
