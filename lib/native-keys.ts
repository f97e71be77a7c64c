/** The pool of native API Gateway keys that keys lease: a function that fills it and looks after it every few minutes. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { tiers } from '../lambdas/contract/tiers.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Gateway } from './gateway.js';
import type { Keys } from './keys.js';
import type { Limits } from './limits.js';

export interface NativeKeysProps {
  readonly config: Config;
  readonly limits: Limits;
  readonly keys: Keys;
  readonly gateway: Gateway;
}

export class NativeKeys extends Construct {
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, { config, limits, keys, gateway }: NativeKeysProps) {
    super(scope, id);
    const planIds = tiers.map((tier) => gateway.usagePlanId(tier));
    const tender = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'native-keys',
      capability: 'limits',
      description: 'Keeps native API Gateway keys ready for new API keys',
      memoryMegabytes: 512,
      // Sixty native keys, at the pace that AWS takes, and a look at all that there are.
      timeout: Duration.minutes(2),
      environment: {
        LIMITS_TABLE: limits.tableName,
        KEYS_TABLE: keys.table.tableName,
        USAGE_PLANS: tiers.map((tier, index) => `${tier}=${planIds[index] ?? ''}/${config.usagePlans.get(tier)?.quota?.period ?? 'NONE'}`).join(' '),
        NATIVE_KEY_POOL: String(config.nativeKeyPool),
        STAGE: config.stage,
      },
    });
    this.log = tender.logGroup;
    limits.grantPool(tender);
    limits.grantMove(tender);
    Grant.addToPrincipal({ grantee: tender, actions: ['dynamodb:BatchGetItem'], resourceArns: [keys.table.tableArn] });
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    const { partition, region } = Stack.of(this);
    const arn = (path: string) => `arn:${partition}:apigateway:${region}::${path}`;
    Grant.addToPrincipal({ grantee: tender, actions: ['apigateway:POST'], resourceArns: [arn('/apikeys'), ...planIds.map((planId) => arn(`/usageplans/${planId}/keys`))] });
    new Schedule(this, 'EveryFiveMinutes', {
      description: 'Faxbot: looks after native API Gateway keys',
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      // The next run is five minutes away.
      target: new LambdaInvoke(tender, { retryAttempts: 0 }),
    });
  }
}
