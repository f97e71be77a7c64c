/** DNS that answers public addresses alone. The connection goes to the address that was checked: there is no second look-up. */
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** For `request({ lookup })`. A name with one address that is not public is refused whole. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) return callback(notPublic(hostname), '');
    if (options.all === true) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

/** An address in a URL is never looked up, so it is checked by itself: true for a name, and for a public address. */
export function mayBeCalled(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 || isPublicAddress(host);
}

function notPublic(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is not on the public internet`), { code: 'ENOTPUBLIC' });
}
