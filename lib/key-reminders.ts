/** Reminders of keys that will end and secrets that should be new: a function that runs once a day. */
import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Keys } from './keys.js';
import type { Notices } from './notices.js';

export class KeyReminders extends Construct {
  constructor(scope: Construct, id: string, { config, keys, notices }: { readonly config: Config; readonly keys: Keys; readonly notices: Notices }) {
    super(scope, id);
    const reminders = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'key-reminders',
      capability: 'keys',
      description: 'Reminds of API keys that expire or should be rotated',
      memoryMegabytes: 512,
      // 100,000 keys are 400 pages of the index.
      timeout: Duration.minutes(5),
      environment: { KEYS_TABLE: keys.table.tableName, NOTICES_TOPIC: notices.topicArn, STAGE: config.stage },
    });
    keys.grantQuery(reminders, 'listing');
    notices.grantPublish(reminders);
    new Schedule(this, 'EveryDay', {
      description: 'Faxbot: reminds of API keys',
      schedule: ScheduleExpression.cron({ minute: '0', hour: '6' }),
      target: new LambdaInvoke(reminders, { retryAttempts: 3, maxEventAge: Duration.hours(6) }),
    });
  }
}
