/** The function behind the callback addresses of the providers. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Config } from './config.js';
import type { Faxes } from './faxes.js';
import { FaxbotFunction } from './function.js';
import type { Providers } from './providers.js';
import type { Settings } from './settings.js';

export interface WebhooksProps {
  readonly config: Config;
  readonly faxes: Faxes;
  readonly providers: Providers;
  readonly settings: Settings;
}

export class Webhooks extends Construct {
  readonly function: FaxbotFunction<'fax-webhook'>;

  constructor(scope: Construct, id: string, { config, faxes, providers, settings }: WebhooksProps) {
    super(scope, id);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'fax-webhook',
      capability: 'webhooks',
      description: 'Hears from providers how faxes are doing',
      // A provider waits two seconds, the start of the function and a body of some megabytes included.
      memoryMegabytes: 1024,
      timeout: Duration.seconds(10),
      environment: {
        SEND_QUEUE: faxes.sendQueue.queueUrl,
        ...providers.environment,
        SETTINGS_TABLE: settings.tableName,
        PROVIDER: config.provider,
        SANDBOX_SECONDS_PER_PAGE: String(config.sandboxSecondsPerPage),
      },
    });
    faxes.grantNudge(this.function);
    providers.grantRead(this.function);
    settings.grantRead(this.function);
  }
}
