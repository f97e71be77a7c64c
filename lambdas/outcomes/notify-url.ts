/** An address that a client wants to be told at. Pure: whether its name leads into a private network is seen when a notice goes out. */
import { isIP } from 'node:net';
import { isPublicAddress } from '../providers/public-address.js';

const longest = 500;

/**
 * What is wrong with it, if anything is.
 * @param privateHosts hosts that the team lets have private addresses, and no TLS
 */
export function notifyUrlProblem(text: string, privateHosts: ReadonlySet<string>): string | undefined {
  const wanted = 'must be an address such as https://example.com/hooks/fax';
  if (text.length > longest) return `must be at most ${longest} characters`;
  if (!URL.canParse(text)) return wanted;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password: notices are signed';
  if (privateHosts.has(url.hostname)) return url.protocol === 'https:' || url.protocol === 'http:' ? undefined : wanted;
  if (url.protocol !== 'https:') return `${wanted}: https only`;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'must not lead into a private network';
  return undefined;
}

/** The stack's list of such hosts, as JSON. @throws Error where it is none: a damaged deployment must not open a network */
export function readPrivateHosts(json: string): ReadonlySet<string> {
  const hosts: unknown = JSON.parse(json);
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string')) throw new Error('The private hosts are no list of names');
  return new Set(hosts);
}
