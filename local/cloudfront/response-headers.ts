/** AWS::CloudFront::ResponseHeadersPolicy: headers that are set on what viewers get. */
import * as z from 'zod';
import { resourceType, type ResourceType } from '../cloud/resource.js';
import { valueOf, withHeader, type HeaderList } from './headers.js';

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it takes the place of the origin's. */
  readonly override: boolean;
}

export class ResponseHeadersPolicy {
  constructor(private readonly headers: readonly PolicyHeader[]) {}

  applyTo(list: HeaderList): HeaderList {
    return this.headers.reduce(
      (result, { name, value, override }) => (override || valueOf(result, name.toLowerCase()) === undefined ? withHeader(result, name, value) : result),
      list,
    );
  }
}

// CloudFormation takes numbers and booleans also as strings.
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const Override = flag;

const policyProperties = z.strictObject({
  ResponseHeadersPolicyConfig: z.strictObject({
    Name: z.string(),
    Comment: z.string().optional(),
    CustomHeadersConfig: z.strictObject({ Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), Override })) }).optional(),
    SecurityHeadersConfig: z
      .strictObject({
        ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: z.string(), Override }).optional(),
        ContentTypeOptions: z.strictObject({ Override }).optional(),
        FrameOptions: z.strictObject({ FrameOption: z.enum(['DENY', 'SAMEORIGIN']), Override }).optional(),
        ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string(), Override }).optional(),
        StrictTransportSecurity: z
          .strictObject({ AccessControlMaxAgeSec: z.coerce.number().int(), IncludeSubdomains: flag.default(false), Preload: flag.default(false), Override })
          .optional(),
      })
      .default({}),
  }),
});
type PolicyProperties = z.output<typeof policyProperties>;

/** @param policies by id, which the type fills */
export function responseHeadersPolicyType(policies: Map<string, ResponseHeadersPolicy>, idOf: (logicalId: string) => string): ResourceType {
  return resourceType<PolicyProperties>({
    type: 'AWS::CloudFront::ResponseHeadersPolicy',
    properties: policyProperties,
    inert: {},
    create: async ({ logicalId, properties }) => {
      const id = idOf(logicalId);
      policies.set(id, new ResponseHeadersPolicy(headersOf(properties.ResponseHeadersPolicyConfig)));
      return { ref: id, attributes: { Id: id } };
    },
  });
}

function headersOf({ CustomHeadersConfig: custom, SecurityHeadersConfig: security }: PolicyProperties['ResponseHeadersPolicyConfig']): readonly PolicyHeader[] {
  const found: PolicyHeader[] = (custom?.Items ?? []).map((item) => ({ name: item.Header, value: item.Value, override: item.Override }));
  const add = (name: string, setting: { readonly Override: boolean } | undefined, value: string | undefined): void => {
    if (setting !== undefined && value !== undefined) found.push({ name, value, override: setting.Override });
  };
  const { ContentSecurityPolicy: csp, ContentTypeOptions: sniffing, FrameOptions: frame, ReferrerPolicy: referrer, StrictTransportSecurity: transport } = security;
  add('Content-Security-Policy', csp, csp?.ContentSecurityPolicy);
  add('X-Content-Type-Options', sniffing, 'nosniff');
  add('X-Frame-Options', frame, frame?.FrameOption);
  add('Referrer-Policy', referrer, referrer?.ReferrerPolicy);
  // Over http browsers ignore it.
  add('Strict-Transport-Security', transport, transport === undefined ? undefined : transportSecurity(transport));
  return found;
}

function transportSecurity(setting: NonNullable<PolicyProperties['ResponseHeadersPolicyConfig']['SecurityHeadersConfig']['StrictTransportSecurity']>): string {
  return [`max-age=${setting.AccessControlMaxAgeSec}`, ...(setting.IncludeSubdomains ? ['includeSubDomains'] : []), ...(setting.Preload ? ['preload'] : [])].join('; ');
}
