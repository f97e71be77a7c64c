/** Whose address a request has: the viewer's, where the console's distribution tells it, else what API Gateway saw. Pure. */
import { isIP } from 'node:net';
import { originSecretHeader, viewerAddressHeader } from '../contract/console-origin.js';
import { equalSecrets } from './secret-hash.js';

/** What a request says about its viewer. Anybody can say it: only the secret makes it true. */
export interface ViewerClaim {
  readonly address: string;
  readonly secret: string;
}

/**
 * The claim of a request that makes one; undefined where there is nothing to look at the secret for.
 * @param headers names in lower case
 */
export function viewerClaimOf(headers: ReadonlyMap<string, string>): ViewerClaim | undefined {
  const address = headers.get(viewerAddressHeader) ?? '';
  const secret = headers.get(originSecretHeader) ?? '';
  return isIP(address) === 0 || secret === '' ? undefined : { address, secret };
}

/**
 * The address that counts. (Without the secret, a request by the distribution counts as the distribution's.)
 * @param seen by API Gateway: of whoever connected to it
 */
export function clientAddress({ address, secret }: ViewerClaim, originSecret: string, seen: string): string {
  return equalSecrets(secret, originSecret) ? address : seen;
}
