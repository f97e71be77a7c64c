/** AWS::ApiGateway::GatewayResponse: how the gateway's own answers look. */
import * as z from 'zod';
import { type ResourceType, resourceType, type StackIdentity } from '../cloud/resource.js';
import type { DeclaredApis } from './declared-api.js';
import { gatewayResponseTypes } from './gateway-response-types.js';
import { stableId } from './identifiers.js';

export function gatewayResponseResourceType(apis: DeclaredApis, identity: StackIdentity): ResourceType {
  return resourceType({
    type: 'AWS::ApiGateway::GatewayResponse',
    properties: z.strictObject({
      RestApiId: z.string(),
      ResponseType: z.enum(gatewayResponseTypes),
      StatusCode: z
        .string()
        .regex(/^[1-5]\d\d$/)
        .optional(),
      ResponseParameters: z.record(z.string().regex(/^gatewayresponse\.header\.[\w!#$%&'*+.^`|~-]+$/), z.string()).optional(),
      ResponseTemplates: z.record(z.string(), z.string()).optional(),
    }),
    inert: {},
    create: ({ logicalId, properties }) => {
      apis.get(properties.RestApiId).gatewayResponses.define({
        type: properties.ResponseType,
        status: properties.StatusCode === undefined ? undefined : Number(properties.StatusCode),
        headers: Object.fromEntries(
          Object.entries(properties.ResponseParameters ?? {}).map(([name, expression]) => [
            name.slice('gatewayresponse.header.'.length),
            expression,
          ]),
        ),
        templates: Object.fromEntries(
          Object.entries(properties.ResponseTemplates ?? {}).map(([mediaType, text]) => [mediaType.toLowerCase(), text]),
        ),
      });
      const id = stableId(10, identity.stackName, properties.RestApiId, logicalId);
      return Promise.resolve({ ref: id, attributes: { Id: id } });
    },
  });
}
