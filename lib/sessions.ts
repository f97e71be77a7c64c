/** The function that opens, shows, lists and ends the console's sessions. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Audit } from './audit.js';
import type { Config } from './config.js';
import { FaxbotFunction } from './function.js';
import { grantSecret, type Keys } from './keys.js';
import type { Limits } from './limits.js';
import type { SessionTable } from './session-table.js';

export interface SessionsProps {
  readonly config: Config;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly keys: Keys;
  readonly sessionTable: SessionTable;
}

export class Sessions extends Construct {
  readonly function: FaxbotFunction<'sessions'>;

  constructor(scope: Construct, id: string, { config, audit, limits, keys, sessionTable }: SessionsProps) {
    super(scope, id);
    this.function = new FaxbotFunction(this, 'Function', {
      config,
      functionName: 'sessions',
      capability: 'sessions',
      description: 'Opens, lists and ends sessions of the Admin Console',
      memoryMegabytes: 512,
      timeout: Duration.seconds(28),
      environment: {
        ...limits.gateEnvironment,
        ...audit.environment,
        SESSIONS_TABLE: sessionTable.tableName,
        KEYS_TABLE: keys.table.tableName,
        PEPPER_SECRET: keys.pepper.secretArn,
        SESSION_HOURS: String(config.sessionHours),
        SESSION_IDLE_MINUTES: String(config.sessionIdleMinutes),
      },
    });
    sessionTable.grantAdminister(this.function);
    keys.grantLookup(this.function);
    grantSecret(keys.pepper, this.function);
    limits.grantGate(this.function);
    limits.grantRead(this.function);
    audit.grantAppend(this.function);
  }
}
