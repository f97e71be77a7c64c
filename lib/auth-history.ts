/** The function that reads the history of sign-ins. It has a gate, like every other that serves keys, so it is made after the limits. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AuthEvents } from './auth-events.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import type { Limits } from './limits.js';

export interface AuthHistoryProps {
  readonly config: Config;
  readonly authEvents: AuthEvents;
  readonly limits: Limits;
}

export class AuthHistory extends Construct {
  readonly function: FaxbotFunction<'auth-history'>;

  constructor(scope: Construct, id: string, { config, authEvents, limits }: AuthHistoryProps) {
    super(scope, id);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'auth-history',
      capability: 'auth-events',
      description: 'Reads the history of sign-ins',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: limits.gateEnvironment,
    });
    authEvents.grantRead(this.function);
    limits.grantGate(this.function);
  }
}
