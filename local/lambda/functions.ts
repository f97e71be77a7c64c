/** All functions of the stack: their pools of environments, who may invoke them, and the upkeep of what is idle. */
import { randomBytes } from 'node:crypto';
import type { FunctionInvoker, InvocationOutcome, Invoker } from '../cloud/function-invoker.js';
import type { LogWriter } from '../cloud/module.js';
import type { StackIdentity } from '../cloud/resource.js';
import { AwsError, type Authorize, type Principal } from '../cloud/service.js';
import type { Credentials } from '../endpoint/credentials.js';
import type { Roles } from '../iam/roles.js';
import { EnvironmentCapacity } from './environment-capacity.js';
import { ExecutionEnvironment } from './execution-environment.js';
import type { FunctionConfiguration } from './function-configuration.js';
import { FunctionLog, functionLogWriter, type FunctionLogWriter } from './function-log.js';
import { FunctionPool } from './function-pool.js';
import { longestRequest, newInvocation, type Invocation } from './invocation.js';
import { permits, type InvokePermission } from './permissions.js';

export interface FunctionsDependencies {
  readonly identity: StackIdentity;
  readonly endpointUrl: string;
  readonly authorize: Authorize;
  readonly credentials: Credentials;
  readonly roles: Roles;
  readonly logs: LogWriter;
  /** Says something to the person at the machine. */
  readonly warn: (sentence: string) => void;
  /** Passes on what the stack itself says; it may come in floods. */
  readonly tell: (source: string, line: string) => void;
  /** Told of every process, so that a supervisor can end those that a kill -9 orphans. */
  readonly onProcess: (processId: number, alive: boolean) => void;
  /** Environments alive at one time, over all functions. */
  readonly maximumEnvironments: number;
}

interface KnownFunction {
  readonly configuration: FunctionConfiguration;
  readonly pool: FunctionPool;
  readonly principal: Principal;
  readonly writeLog: FunctionLogWriter;
  readonly permissions: InvokePermission[];
}

const idleLifetimeMilliseconds = 5 * 60_000;
const memoryWatchMilliseconds = 250;

export class Functions implements FunctionInvoker {
  readonly #dependencies: FunctionsDependencies;
  readonly #functions = new Map<string, KnownFunction>();
  readonly #byAccessKey = new Map<string, ExecutionEnvironment>();
  readonly #capacity: EnvironmentCapacity;
  readonly #upkeep: NodeJS.Timeout;
  readonly #lastWrites = new Set<Promise<void>>();

  constructor(dependencies: FunctionsDependencies) {
    this.#dependencies = dependencies;
    this.#capacity = new EnvironmentCapacity(dependencies.maximumEnvironments);
    this.#upkeep = setInterval(() => this.#lookAfter(Date.now()), memoryWatchMilliseconds);
  }

  add(configuration: FunctionConfiguration): void {
    const principal: Principal = { kind: 'role', roleArn: configuration.roleArn, functionName: configuration.name };
    const pool = new FunctionPool(configuration, this.#capacity, () => this.#newEnvironment(configuration.arn));
    this.#capacity.add(pool);
    const writeLog = functionLogWriter(this.#dependencies.logs, principal, configuration, this.#dependencies.warn);
    this.#functions.set(configuration.arn, { configuration, pool, principal, writeLog, permissions: [] });
  }

  /** @throws AwsError ResourceNotFoundException */
  permit(nameOrArn: string, permission: InvokePermission): void {
    this.#known(nameOrArn).permissions.push(permission);
  }

  get configurations(): readonly FunctionConfiguration[] {
    return [...this.#functions.values()].map(({ configuration }) => configuration);
  }

  /** @throws AwsError ResourceNotFoundException */
  find(nameOrArn: string): FunctionConfiguration {
    return this.#known(nameOrArn).configuration;
  }

  /** @throws AwsError AccessDeniedException, ResourceNotFoundException */
  assertMayInvoke(functionArn: string, invoker: Invoker): void {
    this.#assertMayInvoke(this.#known(functionArn), invoker);
  }

  async invoke(functionArn: string, payload: string, invoker: Invoker): Promise<InvocationOutcome> {
    const known = this.#known(functionArn);
    this.#assertMayInvoke(known, invoker);
    if (payload.length > longestRequest / 3 && Buffer.byteLength(payload) > longestRequest)
      throw new AwsError('RequestEntityTooLargeException', `Request must be smaller than ${longestRequest} bytes for the InvokeFunction operation`, 413);
    return known.pool.invoke(newInvocation(payload));
  }

  /** Runs an invocation whose permission has been checked. */
  run(functionArn: string, invocation: Invocation): Promise<InvocationOutcome> {
    return this.#known(functionArn).pool.invoke(invocation);
  }

  /** Ends the environment that holds these credentials, as a crash would. */
  killByAccessKey(accessKeyId: string): void {
    this.#byAccessKey.get(accessKeyId)?.kill();
  }

  async close(): Promise<void> {
    clearInterval(this.#upkeep);
    const ended = [...this.#byAccessKey.values()].map((environment) => environment.ended);
    for (const { pool } of this.#functions.values()) pool.close();
    await Promise.all(ended);
    await Promise.all(this.#lastWrites);
  }

  #newEnvironment(functionArn: string): ExecutionEnvironment {
    const { configuration, pool, principal, writeLog } = this.#known(functionArn);
    const { credentials, identity, endpointUrl, onProcess, tell } = this.#dependencies;
    const { sessionToken = '', ...accessKey } = credentials.issue(principal);
    const logStream = logStreamName(configuration, new Date());
    const log = new FunctionLog(writeLog, configuration, logStream, (notice) => { tell(configuration.name, notice); });
    const environment = new ExecutionEnvironment({
      configuration,
      region: identity.region,
      endpointUrl,
      accessKey: { ...accessKey, sessionToken },
      logStream,
      log,
      onIdle: (idle, initMilliseconds) => pool.becameIdle(idle, initMilliseconds),
      onEnd: (gone) => {
        // The credentials stay: what the function signed with them (presigned URLs) lives longer than its environment.
        this.#byAccessKey.delete(accessKey.accessKeyId);
        const write = log.flush().finally(() => this.#lastWrites.delete(write));
        this.#lastWrites.add(write);
        pool.ended(gone);
      },
      onProcess,
    });
    this.#byAccessKey.set(accessKey.accessKeyId, environment);
    return environment;
  }

  #assertMayInvoke({ configuration, permissions }: KnownFunction, invoker: Invoker): void {
    const { authorize, identity, roles } = this.#dependencies;
    const action = 'lambda:InvokeFunction';
    switch (invoker.kind) {
      case 'administrator':
      case 'event-source-mapping':
        return;
      case 'role':
        // Who acts through a role without a function around it is EventBridge Scheduler.
        if (!roles.trusts(invoker.roleArn, 'scheduler.amazonaws.com', invoker.sourceArn))
          throw new AwsError('AccessDeniedException', `The execution role ${invoker.roleArn} must allow scheduler.amazonaws.com to assume it.`, 403);
        authorize({ kind: 'role', roleArn: invoker.roleArn, functionName: 'scheduler' }, action, configuration.arn);
        return;
      case 'service':
        if (permits(permissions, { ...invoker, sourceAccount: identity.accountId })) return;
        throw new AwsError(
          'AccessDeniedException',
          `User: ${invoker.principal} is not authorized to perform: ${action} on resource: ${configuration.arn} because no resource-based policy allows the ${action} action`,
          403,
        );
    }
  }

  #known(nameOrArn: string): KnownFunction {
    const { accountId, region } = this.#dependencies.identity;
    const arn = nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${region}:${accountId}:function:${nameOrArn}`;
    const known = this.#functions.get(arn);
    if (known === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
    return known;
  }

  #lookAfter(now: number): void {
    for (const { pool } of this.#functions.values()) {
      for (const environment of pool.environments) if (environment.busy) environment.watchMemory();
      if (pool.idleSince !== undefined && now - pool.idleSince > idleLifetimeMilliseconds) pool.endIdle();
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html: a group of one's own may be shared. */
function logStreamName({ name, logGroup }: FunctionConfiguration, date: Date): string {
  const day = date.toISOString().slice(0, 10).replaceAll('-', '/');
  const owner = logGroup === `/aws/lambda/${name}` ? '' : name;
  return `${day}/${owner}[$LATEST]${randomBytes(16).toString('hex')}`;
}
