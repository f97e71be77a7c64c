/** AWS::ApiGateway::Stage: the name in the URL, throttles, access log, stage variables. */
import * as z from 'zod';
import type { LogWriter } from '../cloud/module.js';
import { type ResourceType, resourceType } from '../cloud/resource.js';
import { AccessLog, logGroupOf } from './access-log.js';
import type { DeclaredApis, StageDefinition } from './declared-api.js';
import { accountLimits } from './token-bucket.js';

const methodSetting = z.strictObject({
  HttpMethod: z.string(),
  /** `/*`, or the path with `~1` for its slashes. */
  ResourcePath: z.string(),
  ThrottlingRateLimit: z.number().min(0).optional(),
  ThrottlingBurstLimit: z.number().int().min(0).optional(),
  // No metrics are collected on one machine, and execution logs would repeat the access log.
  MetricsEnabled: z.boolean().optional(),
  LoggingLevel: z.enum(['OFF', 'ERROR', 'INFO']).optional(),
  DataTraceEnabled: z.literal(false, 'whole requests and responses in a log are never wanted').optional(),
  CachingEnabled: z.literal(false, 'the local cloud caches no responses').optional(),
});

const properties = z.strictObject({
  RestApiId: z.string(),
  StageName: z.string().regex(/^[\w-]{1,128}$/, 'has letters, digits, hyphens and underscores on AWS'),
  DeploymentId: z.string(),
  Description: z.string().optional(),
  Variables: z.record(z.string().regex(/^\w{1,64}$/), z.string().max(512)).optional(),
  MethodSettings: z.array(methodSetting).optional(),
  AccessLogSetting: z.strictObject({ DestinationArn: z.string(), Format: z.string().max(3072) }).optional(),
  CacheClusterEnabled: z.literal(false, 'the local cloud caches no responses').optional(),
});

export function stageResourceType(apis: DeclaredApis, logs: LogWriter): ResourceType {
  return resourceType({
    type: 'AWS::ApiGateway::Stage',
    properties,
    inert: {
      TracingEnabled: 'There is no X-Ray on one machine; requests carry an X-Amzn-Trace-Id all the same.',
      DocumentationVersion: 'Documentation parts are not served.',
      Tags: 'Tags only label what stands in an AWS account.',
    },
    create: ({ properties: stage }) => {
      const api = apis.get(stage.RestApiId);
      if (api.stage !== undefined) throw new Error('the local cloud serves one stage, and this is a second one');
      if (!api.deployments.has(stage.DeploymentId)) throw new Error(`there is no deployment ${stage.DeploymentId}`);
      const log = stage.AccessLogSetting;
      api.stage = {
        name: stage.StageName,
        description: stage.Description,
        deploymentId: stage.DeploymentId,
        variables: stage.Variables ?? {},
        methodSettings: (stage.MethodSettings ?? []).map(throttleOf),
        accessLog:
          log === undefined ? undefined : new AccessLog(logs, logGroupOf(log.DestinationArn), log.Format, stage.StageName),
      };
      return Promise.resolve({ ref: stage.StageName, attributes: {} });
    },
  });
}

function throttleOf(setting: z.infer<typeof methodSetting>): StageDefinition['methodSettings'][number] {
  return {
    path: setting.ResourcePath === '/*' ? '/*' : setting.ResourcePath.replace(/^\/(?=~1|$)/, '').replaceAll('~1', '/') || '/',
    method: setting.HttpMethod,
    throttle: {
      rate: setting.ThrottlingRateLimit ?? accountLimits.rate,
      burst: setting.ThrottlingBurstLimit ?? accountLimits.burst,
    },
  };
}
