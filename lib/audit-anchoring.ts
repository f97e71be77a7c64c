/** The daily anchor of the audit chain: a function that may read the chain and add to the anchors, and write neither chain nor old anchor. */
import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';

export interface AuditAnchoringProps {
  readonly config: Config;
  readonly audit: Audit;
  /** Writes a finding into the chain: whoever anchors it must not. */
  readonly sweeper: IFunction;
}

export class AuditAnchoring extends Construct {
  readonly function: FaxbotFunction<'audit-anchor'>;

  constructor(scope: Construct, id: string, { config, audit, sweeper }: AuditAnchoringProps) {
    super(scope, id);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'audit-anchor',
      capability: 'audit',
      description: 'Verifies what was appended to the audit chain, and anchors its newest link',
      memoryMegabytes: 1024,
      // A day with very many events, and a first day that finds years of them.
      timeout: Duration.minutes(15),
      environment: { ...audit.environment, ANCHORS_BUCKET: audit.anchors.bucketName, SWEEPER_FUNCTION: sweeper.functionName },
    });
    audit.grantVerify(this.function);
    audit.grantReadLog(this.function);
    audit.grantLog(this.function);
    audit.grantAnchor(this.function);
    Grant.addToPrincipal({ grantee: this.function, actions: ['lambda:InvokeFunction'], resourceArns: [sweeper.functionArn] });
    new Schedule(this, 'Daily', {
      description: 'Faxbot: anchors the audit chain',
      schedule: ScheduleExpression.rate(Duration.days(1)),
      target: new LambdaInvoke(this.function, { retryAttempts: 2 }),
    });
  }
}
