/** What a queue of the template is: the attributes that the local SQS enforces. */
export interface QueueConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly delaySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  /** Bytes. */
  readonly maximumMessageSize: number;
  readonly receiveWaitSeconds: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  readonly redriveAllow?: RedriveAllowPolicy;
  /** As the template names it. */
  readonly kmsMasterKeyId?: string;
  /** Of a customer's key; absent for the AWS managed one, whose key policy lets the account use it through SQS. */
  readonly kmsKeyArn?: string;
  readonly kmsDataKeyReusePeriodSeconds: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns?: readonly string[] | undefined;
}

/** Whether a queue may be the dead-letter queue of another one. */
export function allowsRedriveFrom(configuration: QueueConfiguration, sourceArn: string): boolean {
  const policy = configuration.redriveAllow ?? { redrivePermission: 'allowAll' };
  switch (policy.redrivePermission) {
    case 'allowAll':
      return true;
    case 'denyAll':
      return false;
    case 'byQueue':
      return policy.sourceQueueArns?.includes(sourceArn) === true;
  }
}
