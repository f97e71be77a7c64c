/** AWS::ApiGateway::Method, with its Lambda proxy or MOCK integration. */
import * as z from 'zod';
import { type ResourceType, resourceType } from '../cloud/resource.js';
import type { DeclaredApis, IntegrationDefinition } from './declared-api.js';
import { functionOfUri } from './lambda-uri.js';
import { type MockResponse, mockStatus } from './mock-integration.js';
import { valueExpression } from './parameter-mapping.js';
import { mappingTemplate } from './text-template.js';

const status = z.string().regex(/^[1-5]\d\d$/);

const functionIntegration = z.strictObject({
  Type: z.literal('AWS_PROXY'),
  // Lambda is always invoked by POST; AWS answers 500 for another method.
  IntegrationHttpMethod: z.literal('POST'),
  Uri: z.string(),
  /** AWS: 50 ms to 29 s. */
  TimeoutInMillis: z.number().int().min(50).max(29_000).optional(),
  ConnectionType: z.literal('INTERNET').optional(),
  // No effect with a proxy integration, on AWS neither: the body is never mapped.
  PassthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']).optional(),
  ResponseTransferMode: z.literal('BUFFERED').optional(),
});

const mockIntegration = z.strictObject({
  Type: z.literal('MOCK'),
  // CDK may write it; a MOCK calls nothing.
  IntegrationHttpMethod: z.string().optional(),
  PassthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']).optional(),
  RequestTemplates: z.record(z.string(), z.string()).optional(),
  // Without it a binary body passes as it is, and no request template can be applied to it.
  ContentHandling: z.literal('CONVERT_TO_TEXT').optional(),
  IntegrationResponses: z
    .array(
      z.strictObject({
        StatusCode: status,
        SelectionPattern: z.string().optional(),
        ResponseParameters: z.record(z.string(), z.string()).optional(),
        ResponseTemplates: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
  TimeoutInMillis: z.number().int().min(50).max(29_000).optional(),
});

const methodResponses = z
  .array(
    z.strictObject({
      StatusCode: status,
      ResponseParameters: z.record(z.string(), z.boolean()).optional(),
      // Which model a response has serves SDK generation and documentation; nothing is checked on AWS.
      ResponseModels: z.record(z.string(), z.string()).optional(),
    }),
  )
  .optional();

const properties = z.strictObject({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.enum(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).optional(),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: z.boolean().optional(),
  RequestParameters: z.record(z.string().regex(/^method\.request\.(header|querystring|path)\.[\w.$-]+$/), z.boolean()).optional(),
  RequestValidatorId: z.string().optional(),
  MethodResponses: methodResponses,
  Integration: z.discriminatedUnion('Type', [functionIntegration, mockIntegration], {
    error: 'the local cloud integrates Lambda functions (AWS_PROXY) and MOCK',
  }),
});
type MethodProperties = z.infer<typeof properties>;

export function methodResourceType(apis: DeclaredApis): ResourceType {
  return resourceType({
    type: 'AWS::ApiGateway::Method',
    properties,
    inert: { OperationName: 'Serves documentation and SDK generation.' },
    create: ({ properties: method }) => {
      const api = apis.get(method.RestApiId);
      const authorizerId = authorizerOf(method);
      if (authorizerId !== undefined && !api.authorizers.has(authorizerId))
        throw new Error(`there is no authorizer ${authorizerId}`);
      const validator = method.RequestValidatorId;
      const validatesParameters = validator !== undefined && api.validators.get(validator);
      if (validatesParameters === undefined) throw new Error(`there is no request validator ${validator}`);
      api.addMethod(method.ResourceId, {
        httpMethod: method.HttpMethod,
        authorizerId,
        apiKeyRequired: method.ApiKeyRequired ?? false,
        requestParameters: method.RequestParameters ?? {},
        validatesParameters,
        integration: integration(method),
      });
      return Promise.resolve({ ref: `${method.RestApiId}|${method.ResourceId}|${method.HttpMethod}`, attributes: {} });
    },
  });
}

function authorizerOf(method: MethodProperties): string | undefined {
  if (method.AuthorizationType === 'CUSTOM') {
    if (method.AuthorizerId === undefined) throw new Error('AuthorizationType CUSTOM needs an AuthorizerId');
    return method.AuthorizerId;
  }
  if (method.AuthorizerId !== undefined) throw new Error('an AuthorizerId has no effect without AuthorizationType CUSTOM');
  return undefined;
}

function integration(method: MethodProperties): IntegrationDefinition {
  const declared = method.Integration;
  if (declared.Type === 'AWS_PROXY')
    return { kind: 'function', functionArn: functionOfUri(declared.Uri), timeout: declared.TimeoutInMillis ?? 29_000 };
  const requestStatus = new Map(
    Object.entries(declared.RequestTemplates ?? {}).map(([mediaType, template]) => {
      const given = mockStatus(template);
      if (given === undefined)
        throw new Error(`the request template of a MOCK must be literal and give a statusCode, as in {"statusCode": 200}`);
      return [mediaType.toLowerCase(), given] as const;
    }),
  );
  return {
    kind: 'mock',
    requestStatus,
    convertsToText: declared.ContentHandling === 'CONVERT_TO_TEXT',
    passthrough: declared.PassthroughBehavior ?? 'WHEN_NO_MATCH',
    responses: (declared.IntegrationResponses ?? []).map((response) => mockResponse(response, method.MethodResponses ?? [])),
  };
}

function mockResponse(
  response: NonNullable<z.infer<typeof mockIntegration>['IntegrationResponses']>[number],
  declared: NonNullable<MethodProperties['MethodResponses']>,
): MockResponse {
  const methodResponse = declared.find(({ StatusCode }) => StatusCode === response.StatusCode);
  if (methodResponse === undefined)
    throw new Error(`the integration response ${response.StatusCode} has no method response (AWS refuses it too)`);
  const headers = Object.entries(response.ResponseParameters ?? {}).map(([parameter, expression]) => {
    const name = /^method\.response\.header\.(.+)$/.exec(parameter)?.[1];
    if (name === undefined) throw new Error(`the local cloud does not map ${parameter}`);
    if (methodResponse.ResponseParameters?.[parameter] === undefined)
      throw new Error(`${parameter} is not declared in the method response ${response.StatusCode} (AWS refuses it too)`);
    return { name, value: valueExpression(expression) };
  });
  const pattern = response.SelectionPattern;
  return {
    status: Number(response.StatusCode),
    pattern: pattern === undefined || pattern === '' ? undefined : new RegExp(`^(?:${pattern})$`),
    headers,
    templates: new Map(
      Object.entries(response.ResponseTemplates ?? {}).map(([mediaType, text]) => [
        mediaType.toLowerCase(),
        mappingTemplate(text),
      ]),
    ),
  };
}
