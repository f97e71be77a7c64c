/** AWS::ApiGateway::Authorizer of the Lambda kinds. */
import * as z from 'zod';
import { type ResourceType, resourceType, type StackIdentity } from '../cloud/resource.js';
import { contextVariable, type Variable } from './context-variables.js';
import type { DeclaredApis } from './declared-api.js';
import { stableId } from './identifiers.js';
import { functionOfUri } from './lambda-uri.js';
import { requestParameter } from './text-template.js';

/** What AWS takes where the template says nothing: five minutes. */
const defaultTimeToLive = 300;

export function authorizerResourceType(apis: DeclaredApis, identity: StackIdentity): ResourceType {
  return resourceType({
    type: 'AWS::ApiGateway::Authorizer',
    properties: z.strictObject({
      RestApiId: z.string(),
      Name: z.string(),
      Type: z.enum(['REQUEST', 'TOKEN'], 'the local cloud runs Lambda authorizers (REQUEST, TOKEN)'),
      AuthorizerUri: z.string(),
      AuthorizerResultTtlInSeconds: z.number().int().min(0).max(3600).optional(),
      IdentitySource: z.string().optional(),
      IdentityValidationExpression: z.string().optional(),
    }),
    inert: { AuthType: 'Is only written into exported OpenAPI documents.' },
    create: ({ logicalId, properties }) => {
      const { RestApiId, Name, Type, IdentitySource, IdentityValidationExpression: expression } = properties;
      const api = apis.get(RestApiId);
      const timeToLive = properties.AuthorizerResultTtlInSeconds ?? defaultTimeToLive;
      const identitySources = identitySourcesOf(IdentitySource);
      if (Type === 'TOKEN' && identitySources.length !== 1) throw new Error('a TOKEN authorizer has one IdentitySource');
      if (timeToLive > 0 && identitySources.length === 0)
        throw new Error(
          'an authorizer that caches its answers (AuthorizerResultTtlInSeconds, 300 by default) needs an IdentitySource (AWS refuses it too)',
        );
      if (Type === 'REQUEST' && expression !== undefined)
        throw new Error('an IdentityValidationExpression is for TOKEN authorizers');
      const id = stableId(6, identity.stackName, RestApiId, logicalId);
      api.authorizers.set(id, {
        id,
        name: Name,
        type: Type,
        functionArn: functionOfUri(properties.AuthorizerUri),
        identitySources,
        tokenPattern: expression === undefined ? undefined : new RegExp(`^(?:${expression})$`),
        timeToLive,
      });
      return Promise.resolve({ ref: id, attributes: { AuthorizerId: id } });
    },
  });
}

/** `method.request.header.X-API-Key, context.identity.sourceIp` and the like; path parameters are no identity on AWS. */
function identitySourcesOf(text: string | undefined): readonly Variable[] {
  if (text === undefined || text.trim() === '') return [];
  return text.split(',').map((part) => {
    const source = part.trim();
    const [, location, name] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
    const parameter = requestParameter(location, name);
    if (parameter !== undefined) return parameter;
    if (source.startsWith('context.')) return contextVariable(source.slice('context.'.length));
    const variable = /^stageVariables\.(\w+)$/.exec(source)?.[1];
    if (variable !== undefined) return ({ stage }) => stage.stageVariables?.[variable];
    throw new Error(`${source} is no identity source`);
  });
}
