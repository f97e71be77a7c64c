/** Answers that the gateway gives by itself, without a function: a MOCK integration behind ANY. */
import { AuthorizationType, ContentHandling, MockIntegration, PassthroughBehavior, type IResource } from 'aws-cdk-lib/aws-apigateway';
import { errors, type ErrorBody, type ErrorCode } from '../lambdas/contract/errors.js';

/**
 * A MOCK integration reads its status from the request template of the request's content type, and a type without one would
 * be a 415. These are what clients send.
 */
const contentTypes = [
  'application/json',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/pdf',
  'application/octet-stream',
  'application/xml',
];

/** Every method of the resource that has no operation answers with the error. */
export function answerWithError(resource: IResource, code: ErrorCode, allow: readonly string[] = []): void {
  const { status, detail } = errors[code];
  const body: ErrorBody = { detail, code };
  const headers = { ...plainHeaders, ...(allow.length === 0 ? {} : { Allow: [...new Set(allow)].sort().join(', ') }) };
  resource.addMethod(
    'ANY',
    new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      // A multipart body is binary here, and a template can't be applied to binary.
      contentHandling: ContentHandling.CONVERT_TO_TEXT,
      requestTemplates: Object.fromEntries(contentTypes.map((type) => [type, JSON.stringify({ statusCode: status })])),
      integrationResponses: [
        {
          statusCode: String(status),
          responseTemplates: { 'application/json': JSON.stringify(body) },
          responseParameters: Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`])),
        },
      ],
    }),
    {
      authorizationType: AuthorizationType.NONE,
      apiKeyRequired: false,
      methodResponses: [
        {
          statusCode: String(status),
          responseParameters: Object.fromEntries(Object.keys(headers).map((name) => [`method.response.header.${name}`, true])),
        },
      ],
    },
  );
}

const plainHeaders = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };
