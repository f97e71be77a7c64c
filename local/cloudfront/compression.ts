/**
 * Which answers CloudFront compresses, and how.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */
import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { valueOf, withHeader, withoutHeader, type HeaderList } from './headers.js';

export interface Compression {
  readonly headers: HeaderList;
  readonly encoder: Transform;
}

const smallest = 1_000;
const largest = 10_000_000;

const compressible: ReadonlySet<string> = new Set([
  'application/dash+xml', 'application/eot', 'application/font', 'application/font-sfnt', 'application/javascript', 'application/json', 'application/opentype',
  'application/otf', 'application/pdf', 'application/pkcs7-mime', 'application/protobuf', 'application/rss+xml', 'application/truetype', 'application/ttf',
  'application/vnd.apple.mpegurl', 'application/vnd.mapbox-vector-tile', 'application/vnd.ms-fontobject', 'application/wasm', 'application/xhtml+xml',
  'application/xml', 'application/x-font-opentype', 'application/x-font-truetype', 'application/x-font-ttf', 'application/x-httpd-cgi', 'application/x-javascript',
  'application/x-mpegurl', 'application/x-opentype', 'application/x-otf', 'application/x-perl', 'application/x-ttf', 'font/eot', 'font/opentype', 'font/otf', 'font/ttf',
  'image/svg+xml', 'text/css', 'text/csv', 'text/html', 'text/javascript', 'text/js', 'text/plain', 'text/richtext', 'text/tab-separated-values', 'text/xml',
  'text/x-component', 'text/x-java-source', 'text/x-script', 'vnd.apple.mpegurl',
]);

/** How to send an answer to who accepts `accepted` (its Accept-Encoding), or undefined where it goes as it is. */
export function compressionFor(accepted: string | undefined, status: number, headers: HeaderList): Compression | undefined {
  const encoding = preferred(accepted);
  const type = valueOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const length = Number(valueOf(headers, 'content-length') ?? NaN);
  if (encoding === undefined || ![200, 403, 404].includes(status) || !compressible.has(type)) return undefined;
  if (!(length >= smallest && length <= largest) || valueOf(headers, 'content-encoding') !== undefined) return undefined;
  const etag = valueOf(headers, 'etag');
  const plain = withoutHeader(withoutHeader(headers, 'content-length'), 'accept-ranges');
  const compressed = withHeader(withHeader(plain, 'content-encoding', encoding), 'vary', 'Accept-Encoding');
  return {
    headers: etag === undefined || etag.startsWith('W/') ? compressed : withHeader(compressed, 'etag', `W/${etag}`),
    encoder: encoding === 'br' ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: length } }) : createGzip(),
  };
}

function preferred(accepted: string | undefined): 'br' | 'gzip' | undefined {
  const names = (accepted ?? '')
    .split(',')
    .map((part) => part.split(';').map((one) => one.trim().toLowerCase()))
    .filter(([, quality]) => quality === undefined || Number(quality.replace(/^q=/, '')) > 0)
    .map(([name]) => name);
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : undefined;
}
