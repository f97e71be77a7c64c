/**
 * The execution environments of one function. An invocation takes an idle one; where none is free it waits, and a wait
 * that lasts makes another environment, as far as this machine has room.
 */
import type { InvocationOutcome } from '../cloud/function-invoker.js';
import type { EnvironmentCapacity } from './environment-capacity.js';
import type { ExecutionEnvironment } from './execution-environment.js';
import type { FunctionConfiguration } from './function-configuration.js';
import type { Invocation } from './invocation.js';

interface Waiting {
  readonly invocation: Invocation;
  readonly since: number;
  readonly settle: (outcome: InvocationOutcome) => void;
}

/** How long an invocation waits, at the least, for an environment that comes free, before a new one is made. */
const shortestPatienceMilliseconds = 30;
/** The same on a machine that is busy: whoever has waited for so long waits behind something that is not the processor. */
const patienceWhenBusyMilliseconds = 1_000;
/** No client waits longer: API Gateway gives up after 29 seconds. */
const longestWaitMilliseconds = 60_000;

export class FunctionPool {
  readonly configuration: FunctionConfiguration;
  readonly #newEnvironment: (pool: FunctionPool) => ExecutionEnvironment;
  readonly #capacity: EnvironmentCapacity;
  readonly #environments = new Set<ExecutionEnvironment>();
  /** The one used last is taken first, so that the others can go. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
  #starting = 0;
  #running = 0;
  /** Of the last environment. A new one takes as long, so before that has passed it would not help. */
  #lastInitMilliseconds = 0;
  #growTimer: NodeJS.Timeout | undefined;

  constructor(
    configuration: FunctionConfiguration,
    capacity: EnvironmentCapacity,
    newEnvironment: (pool: FunctionPool) => ExecutionEnvironment,
  ) {
    this.configuration = configuration;
    this.#capacity = capacity;
    this.#newEnvironment = newEnvironment;
  }

  /** Resolves when the handler answered, failed or was not run; never rejects. */
  async invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const { reservedConcurrency } = this.configuration;
    if (reservedConcurrency !== undefined && this.#running >= reservedConcurrency) return { kind: 'throttled' };
    this.#running += 1;
    try {
      const idle = this.#idle.pop();
      if (idle !== undefined) return await idle.run(invocation);
      return await new Promise((settle) => {
        this.#waiting.push({ invocation, since: Date.now(), settle });
        this.grow();
      });
    } finally {
      this.#running -= 1;
    }
  }

  get idleSince(): number | undefined {
    return this.#idle[0]?.lastUsed;
  }

  get environments(): Iterable<ExecutionEnvironment> {
    return this.#environments;
  }

  /** Starts an environment if an invocation has waited long enough for one. */
  grow(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const waited = Date.now() - first.since;
    if (waited > longestWaitMilliseconds) {
      this.#waiting.shift();
      first.settle({ kind: 'throttled' });
      this.grow();
      return;
    }
    const patience = this.#capacity.hasSpareProcessor()
      ? Math.max(shortestPatienceMilliseconds, this.#lastInitMilliseconds)
      : patienceWhenBusyMilliseconds;
    const wanted = this.#starting === 0 && (this.#environments.size === 0 || waited >= patience);
    if (wanted && this.#capacity.take(this)) this.#start();
    else if (this.#growTimer === undefined)
      this.#growTimer = setTimeout(() => {
        this.#growTimer = undefined;
        this.grow();
      }, shortestPatienceMilliseconds);
  }

  /** Ends the environment that has been idle longest. */
  endIdle(): void {
    this.#idle.shift()?.kill();
  }

  /** From an environment: it waits for an invocation. With its first one it says how long its init took. */
  becameIdle(environment: ExecutionEnvironment, initMilliseconds: number | undefined): void {
    if (initMilliseconds !== undefined) {
      this.#starting -= 1;
      this.#lastInitMilliseconds = initMilliseconds;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(environment);
    else {
      void environment.run(next.invocation).then(next.settle);
      this.grow();
    }
  }

  /** From an environment: its process has ended. */
  ended(environment: ExecutionEnvironment): void {
    this.#environments.delete(environment);
    const position = this.#idle.indexOf(environment);
    if (position >= 0) this.#idle.splice(position, 1);
    const { initFailure } = environment;
    if (initFailure !== undefined) {
      this.#starting -= 1;
      const next = this.#waiting.shift();
      next?.settle(initFailure(next.invocation.requestId));
    }
    this.#capacity.release();
    this.grow();
  }

  /** Ends everything; whatever runs fails as by a crash. */
  close(): void {
    clearTimeout(this.#growTimer);
    for (const { settle } of this.#waiting.splice(0)) settle({ kind: 'throttled' });
    for (const environment of this.#environments) environment.kill();
  }

  #start(): void {
    const environment = this.#newEnvironment(this);
    this.#environments.add(environment);
    this.#starting += 1;
    void environment.start();
    this.grow();
  }
}
