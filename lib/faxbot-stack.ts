/** The stack: wires the capabilities together, and says what a team needs to know after the deployment. */
import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { providersThatDialNobody, sandboxWarning } from '../lambdas/contract/providers.js';
import { AuditAnchoring } from './audit-anchoring.js';
import { Audit } from './audit.js';
import { AuthEvents } from './auth-events.js';
import { AuthHistory } from './auth-history.js';
import type { Config } from './config.js';
import { Console } from './console.js';
import { Faxes } from './faxes.js';
import { Gateway } from './gateway.js';
import { Health } from './health.js';
import { KeyReminders } from './key-reminders.js';
import { KeyRotation } from './key-rotation.js';
import { Keys } from './keys.js';
import { Limits } from './limits.js';
import { NativeKeys } from './native-keys.js';
import { Monitoring } from './monitoring.js';
import { Notices } from './notices.js';
import { OriginSecret } from './origin-secret.js';
import { Providers } from './providers.js';
import { Outcomes } from './outcomes.js';
import { SessionTable } from './session-table.js';
import { Sessions } from './sessions.js';
import { Settings } from './settings.js';
import { Webhooks } from './webhooks.js';

export interface FaxbotStackProps extends StackProps {
  readonly config: Config;
}

export class FaxbotStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: FaxbotStackProps) {
    super(scope, id, props);
    // arn:aws:cloudformation:region:account:stack/name/<this>: new with each stack, the same for its whole life.
    const stackUniqueId = Fn.select(2, Fn.split('/', this.stackId));

    const notices = new Notices(this, 'Notices', { config });
    const authEvents = new AuthEvents(this, 'AuthEvents', { config });
    const limits = new Limits(this, 'Limits', { config, authEvents });
    const authHistory = new AuthHistory(this, 'AuthHistory', { config, authEvents, limits });
    const audit = new Audit(this, 'Audit', { config, limits });
    const providers = new Providers(this, 'Providers', { config });
    const settings = new Settings(this, 'Settings', { config, audit, limits, providers });
    const sessionTable = new SessionTable(this, 'SessionTable', { config });
    const originSecret = new OriginSecret(this, 'OriginSecret', { config });
    const keys = new Keys(this, 'Keys', { config, audit, authEvents, limits, settings, sessionTable, originSecret, stackUniqueId });
    const sessions = new Sessions(this, 'Sessions', { config, audit, limits, keys, sessionTable });
    const outcomes = new Outcomes(this, 'Outcomes', { config, notices });
    const faxes = new Faxes(this, 'Faxes', { config, audit, limits, settings, keys, sessionTable, outcomes });
    const anchoring = new AuditAnchoring(this, 'AuditAnchoring', { config, audit, sweeper: faxes.sweeper });
    const health = new Health(this, 'Health', { config, keys, faxes, settings });
    const webhooks = new Webhooks(this, 'Webhooks', { config, faxes, providers, settings });
    const gateway = new Gateway(this, 'Gateway', {
      config,
      authorizer: keys.authorizer,
      functions: {
        'fax-upload': faxes.upload,
        'fax-read': faxes.read,
        'fax-change': faxes.change,
        'key-admin': keys.administration,
        'settings-admin': settings.administration,
        'audit-read': audit.read,
        'auth-history': authHistory.function,
        sessions: sessions.function,
        health: health.function,
        'fax-webhook': webhooks.function,
      },
      stackUniqueId,
    });

    faxes.addSender({ config, settings, audit, providers, outcomes, gatewayUrl: gateway.url });
    const webConsole = new Console(this, 'Console', { config, api: gateway.api, originSecret });

    const rotation = new KeyRotation(this, 'KeyRotation', { config, audit, keys, gatewayUrl: gateway.url });
    new KeyReminders(this, 'KeyReminders', { config, keys, notices });
    const nativeKeys = new NativeKeys(this, 'NativeKeys', { config, limits, keys, gateway });
    new Monitoring(this, 'Monitoring', {
      config,
      notices,
      auditLog: audit.logGroup,
      accessLog: gateway.accessLog,
      nativeKeysLog: nativeKeys.log,
      anchoring: anchoring.function,
    });

    new CfnOutput(this, 'ApiUrl', { description: 'The gateway: use it as BASE', value: gateway.url });
    new CfnOutput(this, 'ConsoleUrl', { description: 'The Admin Console: open it in a browser', value: webConsole.url });
    new CfnOutput(this, 'BootstrapKeySecretArn', { description: 'The secret that holds the bootstrap key', value: keys.bootstrapKey.secretArn });
    new CfnOutput(this, 'BootstrapKeyCommand', {
      description: 'Prints the bootstrap key, which signs in until the first admin key exists',
      value: `aws secretsmanager get-secret-value --region ${this.region} --secret-id ${keys.bootstrapKey.secretArn} --query SecretString --output text`,
    });
    new CfnOutput(this, 'AuditAnchorsBucketName', { description: 'The anchors of the audit chain, for npm run audit:verify', value: audit.anchors.bucketName });
    new CfnOutput(this, 'AuditLogGroupName', { description: 'The audit log', value: audit.logGroupName });
    new CfnOutput(this, 'AuditTableName', { description: 'The audit chain, for npm run audit:verify', value: audit.table.tableName });
    new CfnOutput(this, 'KeyRotationFunctionArn', {
      description: `Rotates API keys in secrets whose names begin with ${rotation.secretPrefix}`,
      value: rotation.function.functionArn,
    });
    new CfnOutput(this, 'OutcomesTopicArn', { description: 'How each fax came out: subscribe the programs that wait for it', value: outcomes.topic.topicArn });
    new CfnOutput(this, 'NoticesTopicArn', { description: 'Alarms and reminders: subscribe whoever has to hear of them', value: notices.topicArn });
    if (providersThatDialNobody.has(config.provider)) new CfnOutput(this, 'Warning', { value: sandboxWarning });
  }
}
