/**
 * What the console's distribution adds to each request that it hands to the gateway (docs/adr/0017-console-behind-cloudfront.md).
 * Names in lower case, as CloudFront and HTTP/2 write them.
 */

/** The viewer's address, which counts only beside the secret. lib/edge/viewer-address.cjs writes it. */
export const viewerAddressHeader = 'faxbot-viewer-address';

/** Shows that a request came by the distribution. Nobody else knows the value. */
export const originSecretHeader = 'faxbot-origin-secret';
