/** How everything that keeps data is kept: encrypted, recoverable, and there after the stack is gone unless a team asks otherwise. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { TableEncryptionV2, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Config } from './config.js';

export function removalPolicyOf(config: Config): RemovalPolicy {
  return config.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}

/** What all tables have in common. */
export function tableDefaults(config: Config): Pick<TablePropsV2, 'encryption' | 'pointInTimeRecoverySpecification' | 'deletionProtection' | 'removalPolicy'> {
  return {
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: config.removalPolicy === 'retain',
    removalPolicy: removalPolicyOf(config),
  };
}
