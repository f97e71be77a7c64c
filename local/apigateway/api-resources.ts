/** AWS::ApiGateway::RestApi, Resource, Deployment, RequestValidator. */
import * as z from 'zod';
import type { StackIdentity } from '../cloud/resource.js';
import { type ResourceType, resourceType } from '../cloud/resource.js';
import type { DeclaredApis } from './declared-api.js';
import { stableId } from './identifiers.js';

const tagsAreInert = 'Tags only label what stands in an AWS account.';

export function apiResourceTypes(apis: DeclaredApis, identity: StackIdentity): readonly ResourceType[] {
  const idFor = (length: number, ...parts: readonly string[]) => stableId(length, identity.stackName, ...parts);
  return [
    resourceType({
      type: 'AWS::ApiGateway::RestApi',
      properties: z.strictObject({
        Name: z.string(),
        Description: z.string().optional(),
        // Where the endpoint stands makes no difference on one machine; a private one could not be reached at all.
        EndpointConfiguration: z
          .strictObject({
            Types: z.array(z.enum(['REGIONAL', 'EDGE'])).max(1),
            IpAddressType: z.enum(['ipv4', 'dualstack']).optional(),
          })
          .optional(),
        // CloudFormation also takes `image~1png`.
        BinaryMediaTypes: z.array(z.string().regex(/^[^/~\s]+(?:\/|~1)[^/~\s]+$/, 'is no media type')).optional(),
        ApiKeySourceType: z.enum(['HEADER', 'AUTHORIZER']).optional(),
        DisableExecuteApiEndpoint: z.boolean().optional(),
      }),
      inert: {
        FailOnWarnings: 'Is about importing an OpenAPI document; this API is declared resource by resource.',
        Tags: tagsAreInert,
      },
      create: ({ logicalId, properties }) => {
        const id = idFor(10, logicalId);
        const rootResourceId = idFor(10, logicalId, '/');
        apis.define({
          id,
          rootResourceId,
          name: properties.Name,
          description: properties.Description,
          binaryMediaTypes: (properties.BinaryMediaTypes ?? []).map((mediaType) => mediaType.replace('~1', '/')),
          apiKeySource: properties.ApiKeySourceType ?? 'HEADER',
          disabled: properties.DisableExecuteApiEndpoint ?? false,
          // CDK writes it always; API Gateway's own default is EDGE.
          endpointTypes: properties.EndpointConfiguration?.Types ?? ['EDGE'],
        });
        return Promise.resolve({ ref: id, attributes: { RootResourceId: rootResourceId, RestApiId: id } });
      },
    }),
    resourceType({
      type: 'AWS::ApiGateway::Resource',
      properties: z.strictObject({ RestApiId: z.string(), ParentId: z.string(), PathPart: z.string() }),
      inert: {},
      create: ({ properties }) => {
        const { RestApiId, ParentId, PathPart } = properties;
        const id = idFor(6, RestApiId, ParentId, PathPart);
        apis.get(RestApiId).addResource(id, ParentId, PathPart);
        return Promise.resolve({ ref: id, attributes: { ResourceId: id } });
      },
    }),
    resourceType({
      type: 'AWS::ApiGateway::Deployment',
      properties: z.strictObject({ RestApiId: z.string() }),
      inert: { Description: 'Is only shown in the AWS console.' },
      create: ({ logicalId, properties }) => {
        const id = idFor(6, properties.RestApiId, logicalId);
        const api = apis.get(properties.RestApiId);
        if (![...api.resources.values()].some((resource) => resource.methods.size > 0))
          throw new Error(
            'the API has no methods when it is deployed (AWS refuses that too): the deployment must depend on them',
          );
        api.deployments.add(id);
        return Promise.resolve({ ref: id, attributes: { DeploymentId: id } });
      },
    }),
    resourceType({
      type: 'AWS::ApiGateway::RequestValidator',
      properties: z.strictObject({
        RestApiId: z.string(),
        ValidateRequestParameters: z.boolean().optional(),
        ValidateRequestBody: z.literal(false, 'the local cloud does not validate bodies against models').optional(),
      }),
      inert: { Name: 'Is only shown in the AWS console.' },
      create: ({ logicalId, properties }) => {
        const id = idFor(6, properties.RestApiId, logicalId);
        apis.get(properties.RestApiId).validators.set(id, properties.ValidateRequestParameters ?? false);
        return Promise.resolve({ ref: id, attributes: { RequestValidatorId: id } });
      },
    }),
  ];
}
