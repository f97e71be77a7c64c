/** Errors in the wire format of each AWS protocol. */
import type { ServerResponse } from 'node:http';
import { diskFullWarning, isDiskFull } from '../cloud/full-disk.js';
import { AwsError } from '../cloud/service.js';

type Protocol = 'rest-xml' | 'query' | 'json' | 'rest-json';

/** By signing name. https://smithy.io/2.0/aws/protocols/index.html */
const protocols: Readonly<Record<string, Protocol>> = {
  s3: 'rest-xml',
  sts: 'query',
  sns: 'query',
  sqs: 'json',
  dynamodb: 'json',
  secretsmanager: 'json',
  logs: 'json',
  kms: 'json',
  lambda: 'rest-json',
  apigateway: 'rest-json',
  'execute-api': 'rest-json',
  scheduler: 'rest-json',
};

/** JSON services spell some codes in another way than S3 and the query services, from which `AwsError` codes come. */
const jsonCodes: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  IncompleteSignature: 'IncompleteSignatureException',
  InternalError: 'InternalFailure',
};
const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
};
const restXmlCodes: Readonly<Record<string, string>> = {
  IncompleteSignature: 'AuthorizationHeaderMalformed',
  AccessDeniedException: 'AccessDenied',
};

/**
 * Answers with an error.
 * @param service the signing name; an unknown one gets JSON
 * @param contentType of the request: a query-protocol client of a JSON service gets XML
 */
export function renderError(
  response: ServerResponse,
  service: string,
  contentType: string | undefined,
  error: AwsError,
  requestId: string,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const query = contentType?.startsWith('application/x-www-form-urlencoded') === true;
  const protocol = query ? 'query' : (protocols[service] ?? 'json');
  switch (protocol) {
    case 'rest-xml':
      send(response, restXmlCodes[error.code] === 'AccessDenied' ? 403 : error.status, 'application/xml', `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(restXmlCodes[error.code] ?? error.code)}</Code><Message>${escape(error.message)}</Message><RequestId>${requestId}</RequestId><HostId>local</HostId></Error>`);
      return;
    case 'query': {
      const fault = error.status >= 500 ? 'Receiver' : 'Sender';
      send(response, error.status, 'text/xml', `<ErrorResponse><Error><Type>${fault}</Type><Code>${escape(queryCodes[error.code] ?? error.code)}</Code><Message>${escape(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`);
      return;
    }
    case 'json': {
      const code = jsonCodes[error.code] ?? error.code;
      response.setHeader('x-amzn-errortype', code);
      send(response, error.status, 'application/x-amz-json-1.1', JSON.stringify({ __type: code, message: error.message }));
      return;
    }
    case 'rest-json': {
      const code = jsonCodes[error.code] ?? error.code;
      response.setHeader('x-amzn-errortype', code);
      send(response, error.status, 'application/json', JSON.stringify({ message: error.message, Message: error.message }));
      return;
    }
  }
}

/** Any thrown thing as an AwsError; what is not one is a defect of the local cloud, or its disk is full, and is said on stderr. */
export function asAwsError(error: unknown, during: string): AwsError {
  if (error instanceof AwsError) return error;
  const said = isDiskFull(error)
    ? diskFullWarning(Date.now())
    : `The local cloud failed in ${during}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  if (said !== undefined) process.stderr.write(`${said}\n`);
  return new AwsError('InternalError', error instanceof Error ? error.message : String(error), 500);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
  // HEAD has no body, but its headers are those of a GET.
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

function escape(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
