/**
 * What an emulated AWS service is to the rest of the local cloud: something that answers signed requests
 * on the one endpoint, and asks `authorize` before it touches anything.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Who signed a request: a function's role out of the template, or the person at this machine. */
export type Principal =
  | { readonly kind: 'role'; readonly roleArn: string; readonly functionName: string }
  | { readonly kind: 'administrator' };

/** A request whose signature (header or presigned query) has been verified. */
export interface SignedRequest {
  readonly principal: Principal;
  readonly requestId: string;
  readonly method: string;
  /** Path as sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** True where the signature stood in the query string (a presigned URL). */
  readonly presigned: boolean;
  /** The whole body, decoded from aws-chunked and checked against x-amz-content-sha256; services hold at most 64 MiB. */
  readonly body: Buffer;
}

/** One AWS service on the endpoint, chosen by the service name in the signature's credential scope. */
export interface AwsService {
  readonly signingName: string;
  handle(request: SignedRequest, response: ServerResponse): Promise<void>;
  /** Requests that carry no signature at all (S3: POST policies, CORS preflight, anonymous). Absent: refused. */
  handleUnsigned?(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close?(): Promise<void>;
}

/** What answers on the endpoint by the name in the Host header, whatever is signed or not: a deployed API. */
export interface HostService {
  /** @param host as sent, perhaps with a port */
  answersFor(host: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * Throws an AccessDenied in the words of AWS unless the principal's identity policies allow `action` on `resource`.
 * The administrator may do everything. A service calls it once for each action that a request implies
 * (S3 PutObject on a bucket with a KMS key asks also for kms:GenerateDataKey on that key).
 */
export type Authorize = (principal: Principal, action: string, resourceArn: string) => void;

/** An error that goes to the AWS client in its service's wire format. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'AwsError';
  }
}
