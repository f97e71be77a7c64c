/** Checks the Signature Version 4 of a request, in the Authorization header or in the query (a presigned URL). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../cloud/service.js';
import { canonicalRequestHash } from './canonical-request.js';
import type { Credential, Credentials } from './credentials.js';

/** A request with its body, not yet checked. */
export interface UnverifiedRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the client says about its signature. */
export interface SignatureClaim {
  readonly presigned: boolean;
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** ISO basic time, e.g. 20261101T120000Z. */
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** Seconds that a presigned URL lives. */
  readonly expires: number | undefined;
}

export interface VerifiedSignature extends SignatureClaim {
  readonly credential: Credential;
  readonly signingKey: Buffer;
  /** The declared hash of the payload: a hex SHA-256 that has been checked, or one of S3's markers. */
  readonly payloadHash: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const clockSkewMilliseconds = 15 * 60 * 1000;
const longestPresignedSeconds = 7 * 24 * 3600;
const emptyHash = createHash('sha256').digest('hex');

/**
 * Reads the claim, or undefined where a request carries no SigV4 at all.
 * @throws AwsError IncompleteSignature (S3: AuthorizationHeaderMalformed, AuthorizationQueryParametersError)
 */
export function readClaim(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): SignatureClaim | undefined {
  const authorization = headers['authorization'];
  if (authorization?.startsWith(algorithm)) return headerClaim(authorization, headers);
  if (query.get('X-Amz-Algorithm') === algorithm) return queryClaim(query);
  return undefined;
}

function headerClaim(authorization: string, headers: Readonly<Record<string, string>>): SignatureClaim {
  const fields = new Map(
    authorization
      .slice(algorithm.length)
      .split(',')
      .map((field) => {
        const [name = '', ...rest] = field.trim().split('=');
        return [name, rest.join('=')] as const;
      }),
  );
  return claim(
    false,
    fields.get('Credential'),
    fields.get('SignedHeaders'),
    fields.get('Signature'),
    headers['x-amz-date'],
    headers['x-amz-security-token'],
    undefined,
  );
}

function queryClaim(query: URLSearchParams): SignatureClaim {
  const field = (name: string): string | undefined => query.get(name) ?? undefined;
  const expires = Number(field('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 1 || expires > longestPresignedSeconds)
    throw new AwsError(
      'AuthorizationQueryParametersError',
      `X-Amz-Expires must be between 1 and ${longestPresignedSeconds} seconds`,
      400,
    );
  return claim(
    true,
    field('X-Amz-Credential'),
    field('X-Amz-SignedHeaders'),
    field('X-Amz-Signature'),
    field('X-Amz-Date'),
    field('X-Amz-Security-Token'),
    expires,
  );
}

function claim(
  presigned: boolean,
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  timestamp: string | undefined,
  sessionToken: string | undefined,
  expires: number | undefined,
): SignatureClaim {
  // An access key id holds no slash, but read from the end all the same.
  const scope = credential?.split('/') ?? [];
  const [terminator, service, region, date, ...accessKeyId] = scope.reverse();
  if (
    signedHeaders === undefined || signature === undefined || timestamp === undefined || service === undefined ||
    region === undefined || date === undefined || accessKeyId.length === 0 || terminator !== 'aws4_request' ||
    !/^\d{8}T\d{6}Z$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature)
  )
    throw new AwsError(
      'IncompleteSignature',
      'The signature needs Credential=key/date/region/service/aws4_request, SignedHeaders, Signature and X-Amz-Date',
      400,
    );
  return {
    presigned,
    accessKeyId: accessKeyId.reverse().join('/'),
    date,
    region,
    service,
    timestamp,
    signedHeaders: signedHeaders.split(';'),
    signature,
    sessionToken,
    expires,
  };
}

/**
 * Checks a claim against the request.
 * @param region the only region that exists
 * @param now milliseconds
 * @throws AwsError in the words of AWS; codes are those of S3 where S3 has its own
 */
export function verifySignature(
  request: UnverifiedRequest,
  claimed: SignatureClaim,
  credentials: Credentials,
  region: string,
  now: number,
): VerifiedSignature {
  const s3 = claimed.service === 's3';
  const credential = knownCredential(claimed, credentials, s3);
  if (claimed.region !== region)
    throw s3
      ? new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; the region '${claimed.region}' is wrong; expecting '${region}'`, 400)
      : new AwsError('InvalidSignatureException', `Credential should be scoped to a valid region. This stack runs in ${region}.`, 403);
  checkTime(claimed, now, s3);
  checkSignedHeaders(request, claimed, s3);
  const payloadHash = payloadHashOf(request, claimed, s3);
  const signingKey = credentials.signingKey(credential.accessKey, claimed.date, claimed.region, claimed.service);
  const requestHash = canonicalRequestHash({ ...request, ...claimed, payloadHash });
  const expected = createHmac('sha256', signingKey)
    .update(`${algorithm}\n${claimed.timestamp}\n${credentialScope(claimed)}\n${requestHash}`)
    .digest();
  if (!timingSafeEqual(expected, Buffer.from(claimed.signature, 'hex')))
    throw new AwsError(
      s3 ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
      s3
        ? 'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
        : 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      403,
    );
  if (s3 && /^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== sha256(request.body))
    throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", 400);
  return { ...claimed, credential, signingKey, payloadHash };
}

/** date/region/service/aws4_request */
export function credentialScope({ date, region, service }: Pick<SignatureClaim, 'date' | 'region' | 'service'>): string {
  return `${date}/${region}/${service}/aws4_request`;
}

function knownCredential(claimed: SignatureClaim, credentials: Credentials, s3: boolean): Credential {
  const credential = credentials.find(claimed.accessKeyId);
  if (credential === undefined)
    throw s3
      ? new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403)
      : new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  if (credential.accessKey.sessionToken !== claimed.sessionToken)
    throw s3
      ? new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400)
      : new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  return credential;
}

function checkTime(claimed: SignatureClaim, now: number, s3: boolean): void {
  const signedAt = Date.parse(
    claimed.timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (!claimed.timestamp.startsWith(claimed.date) || Number.isNaN(signedAt))
    throw new AwsError(s3 ? 'AuthorizationHeaderMalformed' : 'InvalidSignatureException', 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP', s3 ? 400 : 403);
  if (claimed.expires !== undefined) {
    if (signedAt > now + clockSkewMilliseconds) throw new AwsError('AccessDenied', 'Request is not yet valid', 403);
    if (now > signedAt + claimed.expires * 1000) throw new AwsError('AccessDenied', 'Request has expired', 403);
  } else if (Math.abs(now - signedAt) > clockSkewMilliseconds)
    throw s3
      ? new AwsError('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', 403)
      : new AwsError('InvalidSignatureException', `Signature expired or not yet current: ${claimed.timestamp} is more than 15 min. away from ${new Date(now).toISOString()}`, 403);
}

/** A header that changes what a request does must be signed: host and all of x-amz-*. */
function checkSignedHeaders(request: UnverifiedRequest, claimed: SignatureClaim, s3: boolean): void {
  const signed = new Set(claimed.signedHeaders);
  for (const name of Object.keys(request.headers)) {
    if (signed.has(name) || !(name === 'host' || name.startsWith('x-amz-'))) continue;
    // A client that hoists its query into the URL may repeat the hash as a header.
    if (claimed.presigned && name === 'x-amz-content-sha256') continue;
    throw new AwsError(
      s3 ? 'AccessDenied' : 'InvalidSignatureException',
      `There were headers present in the request which were not signed: ${name}`,
      403,
    );
  }
}

function payloadHashOf(request: UnverifiedRequest, claimed: SignatureClaim, s3: boolean): string {
  if (!s3) return sha256(request.body);
  const declared = request.headers['x-amz-content-sha256'];
  if (claimed.presigned) return request.query.get('X-Amz-Content-Sha256') ?? declared ?? 'UNSIGNED-PAYLOAD';
  if (declared === undefined)
    throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256', 400);
  const markers = [
    'UNSIGNED-PAYLOAD',
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  ];
  if (!/^[0-9a-f]{64}$/.test(declared) && !markers.includes(declared))
    throw new AwsError('InvalidArgument', `x-amz-content-sha256 must be ${markers.join(', ')} or a valid sha256 value.`, 400);
  return declared;
}

function sha256(body: Buffer): string {
  return body.length === 0 ? emptyHash : createHash('sha256').update(body).digest('hex');
}
