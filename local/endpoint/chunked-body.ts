/**
 * The aws-chunked body encoding of S3 clients, with its chunk signatures and trailers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
import { createHash, createHmac } from 'node:crypto';
import { AwsError } from '../cloud/service.js';
import { credentialScope, type VerifiedSignature } from './signature.js';

export interface DecodedBody {
  readonly body: Buffer;
  /** Trailing headers (x-amz-checksum-…), names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

const emptyHash = createHash('sha256').digest('hex');

/**
 * Decodes a body whose x-amz-content-sha256 is one of the STREAMING-… markers.
 * @throws AwsError IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError
 */
export function decodeChunkedBody(
  encoded: Buffer,
  headers: Readonly<Record<string, string>>,
  signature: VerifiedSignature,
): DecodedBody {
  const signed = signature.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const chain = signed ? new SignatureChain(signature) : undefined;
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const [line, next] = readLine(encoded, offset);
    const [size = '', ...extensions] = line.split(';');
    if (!/^[0-9a-fA-F]+$/.test(size)) throw incomplete();
    const length = Number.parseInt(size, 16);
    const chunk = encoded.subarray(next, next + length);
    if (chunk.length !== length) throw incomplete();
    chain?.checkChunk(chunk, extensions.find((extension) => extension.startsWith('chunk-signature='))?.slice('chunk-signature='.length));
    offset = next + length;
    if (length === 0) break;
    chunks.push(chunk);
    if (encoded.toString('latin1', offset, offset + 2) !== '\r\n') throw incomplete();
    offset += 2;
  }
  const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  const declaredLength = headers['x-amz-decoded-content-length'];
  if (declaredLength === undefined || Number(declaredLength) !== body.length) throw incomplete();
  return { body, trailers: readTrailers(encoded.toString('latin1', offset), headers, chain) };
}

function readTrailers(
  text: string,
  headers: Readonly<Record<string, string>>,
  chain: SignatureChain | undefined,
): Readonly<Record<string, string>> {
  const trailers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformedTrailer();
    trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { 'x-amz-trailer-signature': trailerSignature, ...given } = trailers;
  const announced = (headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (announced.length !== Object.keys(given).length || announced.some((name) => given[name] === undefined))
    throw malformedTrailer();
  if (announced.length > 0) chain?.checkTrailer(given, trailerSignature);
  return given;
}

/** Each chunk's signature covers the one before it, beginning with the request's own. */
class SignatureChain {
  readonly #signature: VerifiedSignature;
  #previous: string;

  constructor(signature: VerifiedSignature) {
    this.#signature = signature;
    this.#previous = signature.signature;
  }

  checkChunk(chunk: Buffer, given: string | undefined): void {
    this.#check('AWS4-HMAC-SHA256-PAYLOAD', `${emptyHash}\n${createHash('sha256').update(chunk).digest('hex')}`, given);
  }

  checkTrailer(trailers: Readonly<Record<string, string>>, given: string | undefined): void {
    const canonical = Object.entries(trailers).map(([name, value]) => `${name}:${value}\n`).join('');
    this.#check('AWS4-HMAC-SHA256-TRAILER', createHash('sha256').update(canonical).digest('hex'), given);
  }

  #check(kind: string, hashes: string, given: string | undefined): void {
    const expected = createHmac('sha256', this.#signature.signingKey)
      .update([kind, this.#signature.timestamp, credentialScope(this.#signature), this.#previous, hashes].join('\n'))
      .digest('hex');
    if (given !== expected)
      throw new AwsError('SignatureDoesNotMatch', 'A chunk signature does not match the one that was computed.', 403);
    this.#previous = expected;
  }
}

function readLine(buffer: Buffer, offset: number): readonly [line: string, next: number] {
  const end = buffer.indexOf('\r\n', offset, 'latin1');
  if (end < 0) throw incomplete();
  return [buffer.toString('latin1', offset, end), end + 2];
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400);
}

function malformedTrailer(): AwsError {
  return new AwsError('MalformedTrailerError', 'The request contained trailing data that was not well-formed or did not conform to our published schema.', 400);
}
