/** DynamoDB: the tables of the template, their API and the expiry of items. */
import { join } from 'node:path';
import type { CloudModule, ModuleDependencies } from '../cloud/module.js';
import type { AwsService } from '../cloud/service.js';
import { jsonService } from '../kms/aws-json.js';
import { dynamodbOperations } from './operations.js';
import { Storage } from './storage.js';
import { tableResourceTypes } from './table-resources.js';
import { deleteExpired } from './time-to-live.js';

const sweepEvery = 60_000;

export interface DynamodbDependencies extends ModuleDependencies {
  /** Milliseconds. */
  readonly clock?: () => number;
}

export interface DynamodbModule extends CloudModule {
  /** Deletes expired items and says how many; runs each minute by itself. */
  sweep(): Promise<number>;
}

const fromTheTemplate = 'tables come from the template';
const oneItemAtATime = 'write what must be atomic as one conditional write on one item';
const noPartiQl = 'PartiQL is not built; use GetItem, Query and the others';

/** DynamoDB for the local cloud. Its database opens with the first resource or request. */
export function createDynamodb(dependencies: DynamodbDependencies): DynamodbModule {
  const { accountId, region } = dependencies.identity;
  const clock = dependencies.clock ?? Date.now;
  const tableArn = (name: string): string => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  let opening: Promise<Storage> | undefined;
  const storage = (): Promise<Storage> => (opening ??= Storage.open(join(dependencies.stateDirectory, 'database')));
  let service: Promise<AwsService> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sweeping = Promise.resolve(0);

  const openService = async (): Promise<AwsService> =>
    jsonService({
      signingName: 'dynamodb',
      targetPrefix: 'DynamoDB_20120810',
      version: '1.0',
      operations: dynamodbOperations({ storage: await storage(), authorize: dependencies.authorize, tableArn }),
      notBuilt: {
        CreateTable: fromTheTemplate,
        UpdateTable: fromTheTemplate,
        DeleteTable: fromTheTemplate,
        UpdateTimeToLive: `${fromTheTemplate}, with their TimeToLiveSpecification`,
        TransactWriteItems: oneItemAtATime,
        TransactGetItems: 'use BatchGetItem with ConsistentRead',
        ExecuteStatement: noPartiQl,
        BatchExecuteStatement: noPartiQl,
        ExecuteTransaction: noPartiQl,
        DescribeContinuousBackups: 'there are no backups on one machine',
      },
    });

  /** One sweep after the other, also when the timer comes while one is running. */
  function sweep(): Promise<number> {
    sweeping = sweeping.catch(() => 0).then(async () => deleteExpired(await storage(), clock()));
    return sweeping;
  }

  function sweepOrReport(): void {
    sweep().catch((error: unknown) => { console.error('The expiry sweep of DynamoDB failed:', error); });
  }

  return {
    services: [{ signingName: 'dynamodb', handle: async (request, response) => (await (service ??= openService())).handle(request, response) }],
    resourceTypes: tableResourceTypes(storage, region, tableArn, clock),
    sweep,
    async start() {
      sweepOrReport();
      timer = setInterval(sweepOrReport, sweepEvery);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      await sweeping.catch(() => 0);
      await (await opening)?.close();
    },
  };
}
