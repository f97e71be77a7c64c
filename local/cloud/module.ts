/** What each folder of `local/` hands to the cloud that starts it: services on the endpoint, resource types, a life cycle. */
import type { ResourceType, StackIdentity } from './resource.js';
import type { Authorize, AwsService, HostService, Principal } from './service.js';

export interface ModuleDependencies {
  readonly identity: StackIdentity;
  /** The one AWS endpoint, e.g. http://127.0.0.1:4566. */
  readonly endpointUrl: string;
  /** A folder of this module's own, which exists; it lives over restarts and kill -9. */
  readonly stateDirectory: string;
  readonly authorize: Authorize;
}

export interface CloudModule {
  readonly services: readonly AwsService[];
  readonly hosts?: readonly HostService[];
  readonly resourceTypes: readonly ResourceType[];
  /** Called once when every resource of the template stands: pollers and timers begin here. */
  start?(): Promise<void>;
  /** Called once when every module has started: work that calls back into the cloud (through the gateway) begins here. */
  ready?(): void;
  close(): Promise<void>;
}

/** Other modules write logs through this: Lambda (with the function's role) and API Gateway (access logs, as the service). */
export interface LogWriter {
  /**
   * Appends events; a log stream that is missing is created, a log group never is.
   * @throws AwsError ResourceNotFoundException, AccessDeniedException (with a role: logs:CreateLogStream, logs:PutLogEvents)
   */
  put(
    writer: Principal | { readonly kind: 'service' },
    logGroupName: string,
    logStreamName: string,
    events: readonly { readonly timestamp: number; readonly message: string }[],
  ): Promise<void>;
}
