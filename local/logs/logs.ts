/** CloudWatch Logs: the log groups of the template, their API, and the writer for the logs of functions and gateways. */
import { join } from 'node:path';
import { z } from 'zod';
import type { CloudModule, LogWriter, ModuleDependencies } from '../cloud/module.js';
import { resourceType } from '../cloud/resource.js';
import type { AwsService } from '../cloud/service.js';
import { jsonService } from '../kms/aws-json.js';
import { LogStore } from './log-store.js';
import { MetricFilters } from './metric-filters.js';
import { existingGroup, logGroupName, logOperations } from './operations.js';

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;
const day = 86_400_000;
const sweepEvery = 3_600_000;

const logGroupProperties = z.strictObject({
  LogGroupName: logGroupName.optional(),
  RetentionInDays: z.coerce.number().pipe(z.literal(retentionDays)).optional(),
  LogGroupClass: z.literal('STANDARD', { error: 'the local cloud builds the class STANDARD alone' }).optional(),
});

export interface LogsDependencies extends ModuleDependencies {
  /** Milliseconds. */
  readonly clock?: () => number;
}

export interface LogsModule extends CloudModule {
  readonly writer: LogWriter;
  /** Deletes what is older than its group's retention; runs each hour by itself. */
  sweep(): Promise<void>;
}

/** CloudWatch Logs for the local cloud. Its database opens with the first resource, request or log line. */
export function createLogs(dependencies: LogsDependencies): LogsModule {
  const { accountId, region } = dependencies.identity;
  const { authorize } = dependencies;
  const clock = dependencies.clock ?? Date.now;
  let opening: Promise<LogStore> | undefined;
  const opened = (): Promise<LogStore> => (opening ??= LogStore.open(join(dependencies.stateDirectory, 'database')));
  const metricFilters = new MetricFilters(opened);
  const groupArn = (name: string): string => `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
  let timer: NodeJS.Timeout | undefined;

  const logGroup = resourceType({
    type: 'AWS::Logs::LogGroup',
    properties: logGroupProperties,
    inert: {
      KmsKeyId: 'Nothing is encrypted at rest on this machine; AWS checks the key in its own policy, when the group is created.',
      DeletionProtectionEnabled: 'Log groups of the template are only deleted together with the state folder.',
      Tags: 'Tags label resources for billing and search.',
    },
    async create({ generatedName, properties }) {
      const store = await opened();
      const name = properties.LogGroupName ?? generatedName;
      const existing = store.group(name);
      const retentionInDays = properties.RetentionInDays;
      if (existing === undefined || existing.retentionInDays !== retentionInDays)
        await store.putGroup({
          name,
          createdAt: existing?.createdAt ?? clock(),
          ...(retentionInDays === undefined ? {} : { retentionInDays }),
        });
      return { ref: name, attributes: { Arn: `${groupArn(name)}:*` } };
    },
  });

  const writer: LogWriter = {
    async put(principal, groupName, streamName, events) {
      const store = await opened();
      const streamArn = `${groupArn(groupName)}:log-stream:${streamName}`;
      const group = store.group(groupName);
      const streamIsNew = group === undefined || store.stream(group, streamName) === undefined;
      if (principal.kind !== 'service') {
        if (streamIsNew) authorize(principal, 'logs:CreateLogStream', streamArn);
        authorize(principal, 'logs:PutLogEvents', streamArn);
      }
      const found = existingGroup(store, groupName);
      const created = streamIsNew ? store.createStream(found, streamName, clock(), false) : undefined;
      await Promise.all([created, store.append(found, streamName, events, clock(), false)]);
    },
  };

  async function sweep(): Promise<void> {
    const store = await opened();
    for (const group of store.allGroups())
      if (group.retentionInDays !== undefined) await store.deleteBefore(group, clock() - group.retentionInDays * day);
  }

  function sweepOrReport(): void {
    sweep().catch((error: unknown) => { console.error('The retention sweep of the logs failed:', error); });
  }

  let service: Promise<AwsService> | undefined;
  const openService = async (): Promise<AwsService> =>
    jsonService({
      signingName: 'logs',
      targetPrefix: 'Logs_20140328',
      version: '1.1',
      operations: {
        ...logOperations({ store: await opened(), authorize, groupArn, clock }),
        ...metricFilters.operations(authorize, groupArn),
      },
      notBuilt: {
        PutRetentionPolicy: 'the retention comes from the template (RetentionInDays)',
        StartQuery: 'Logs Insights is not built; use FilterLogEvents',
      },
    });

  return {
    services: [{ signingName: 'logs', handle: async (request, response) => (await (service ??= openService())).handle(request, response) }],
    resourceTypes: [logGroup, metricFilters.resourceType],
    writer,
    sweep,
    async start() {
      sweepOrReport();
      timer = setInterval(sweepOrReport, sweepEvery);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      await (await opening)?.close();
    },
  };
}
