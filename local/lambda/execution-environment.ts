/** One execution environment of a function: a child process that takes one invocation at a time, until it ends or is ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InvocationOutcome } from '../cloud/function-invoker.js';
import { processEnvironment, type FunctionConfiguration } from './function-configuration.js';
import type { FunctionLog, InvocationReport } from './function-log.js';
import { exitOutcome, timeoutOutcome, tooLargeOutcome, longestResponse, type Invocation } from './invocation.js';
import { RuntimeApi } from './runtime-api.js';

export interface EnvironmentOptions {
  readonly configuration: FunctionConfiguration;
  readonly region: string;
  readonly endpointUrl: string;
  readonly accessKey: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  readonly logStream: string;
  readonly log: FunctionLog;
  /** The process waits for an invocation; the first time it says how long its init took. */
  readonly onIdle: (environment: ExecutionEnvironment, initMilliseconds: number | undefined) => void;
  /** The process is gone, and with it whatever it was doing. Called once. */
  readonly onEnd: (environment: ExecutionEnvironment) => void;
  readonly onProcess: (processId: number, alive: boolean) => void;
}

interface Running {
  readonly invocation: Invocation;
  readonly startedAt: number;
  readonly settle: (outcome: InvocationOutcome) => void;
  readonly timer: NodeJS.Timeout;
}

const runtimeClient = join(__dirname, 'runtime-client.cjs');
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
const initLimitMilliseconds = 10_000;

export class ExecutionEnvironment {
  readonly accessKeyId: string;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  lastUsed = Date.now();
  readonly #options: EnvironmentOptions;
  readonly #startedAt = performance.now();
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #running: Running | undefined;
  #initMilliseconds: number | undefined;
  #initReported = false;
  #initTimer: NodeJS.Timeout | undefined;
  #megabytesUsed = 0;
  #over = false;
  #killed = false;
  #resolveEnded: () => void = () => undefined;
  /** How a failed init ended, for the invocation that waits for this environment. */
  #initFailure: ((requestId: string) => InvocationOutcome) | undefined;
  #errorPosted: InvocationOutcome | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.accessKeyId = options.accessKey.accessKeyId;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get initFailure(): ((requestId: string) => InvocationOutcome) | undefined {
    return this.#initFailure;
  }

  /** Resolves when the process runs; how it fares is told by onIdle and onEnd. */
  async start(): Promise<void> {
    try {
      await this.#open();
      if (!this.#killed) this.#spawn();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#errorPosted = {
        kind: 'failed',
        payload: JSON.stringify({ errorType: 'Runtime.InitError', errorMessage: `The process could not be started: ${reason}` }),
      };
    }
    if (this.#child === undefined) this.#end(null, 'SIGKILL');
  }

  async #open(): Promise<void> {
    this.#api = await RuntimeApi.listen(this.#options.configuration.arn, {
      onNext: () => this.#becomeIdle(),
      onResponse: (requestId, payload, bytes) =>
        this.#finish(requestId, bytes > longestResponse ? tooLargeOutcome(bytes) : { kind: 'returned', payload }),
      onError: (requestId, payload) => this.#finish(requestId, { kind: 'failed', payload }),
      onInitError: (payload) => {
        this.#errorPosted = { kind: 'failed', payload };
      },
    });
  }

  #spawn(): void {
    const { configuration, accessKey, region, endpointUrl, logStream, log } = this.#options;
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${Math.floor(configuration.memoryMegabytes * 0.9)}`, runtimeClient],
      {
        cwd: configuration.codeDirectory,
        env: processEnvironment(configuration, { ...accessKey, region, endpointUrl, logStream, runtimeApi: this.#api?.address ?? '' }),
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own: Ctrl-C in the terminal reaches the local cloud alone, which then ends it in order.
        detached: process.platform !== 'win32',
      },
    );
    this.#child = child;
    if (child.pid !== undefined) this.#options.onProcess(child.pid, true);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => log.output(text));
    }
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      log.output(`${error.message}\n`);
      this.#end(null, null);
    });
    // 'close' and not 'exit': by then everything that it printed has been read.
    child.on('close', (code, signal) => this.#end(code, signal));
    this.#initTimer = setTimeout(() => {
      this.#initFailure = (requestId) => timeoutOutcome(requestId, initLimitMilliseconds / 1000);
      this.kill();
    }, initLimitMilliseconds + configuration.timeoutSeconds * 1000);
  }

  /** Runs one invocation; the process must be idle. */
  run(invocation: Invocation): Promise<InvocationOutcome> {
    const { configuration, log } = this.#options;
    this.lastUsed = Date.now();
    return new Promise((settle) => {
      const limit = configuration.timeoutSeconds * 1000;
      const timer = setTimeout(() => {
        log.announceEnd(`timed out after ${configuration.timeoutSeconds} s`);
        this.#conclude(timeoutOutcome(invocation.requestId, configuration.timeoutSeconds), 'timeout');
        this.kill();
      }, limit);
      this.#running = { invocation, startedAt: performance.now(), settle, timer };
      log.start(invocation.requestId);
      this.#api?.give(invocation, Date.now() + limit);
    });
  }

  /** Ends the process at once, with all that it started. */
  kill(): void {
    this.#killed = true;
    const processId = this.#child?.pid;
    if (processId === undefined || this.#over) return;
    try {
      if (process.platform === 'win32') this.#child?.kill('SIGKILL');
      else process.kill(-processId, 'SIGKILL');
    } catch {
      // It has ended by itself in the meantime.
    }
  }

  /** Memory of the process; over the function's limit it is killed, as on AWS. Only where /proc exists. */
  watchMemory(): void {
    const megabytes = this.#residentMegabytes();
    this.#megabytesUsed = Math.max(this.#megabytesUsed, megabytes);
    const { configuration: { memoryMegabytes }, log } = this.#options;
    if (megabytes <= memoryMegabytes) return;
    log.announceEnd(`used ${megabytes} MB of its ${memoryMegabytes} MB and was ended`);
    this.kill();
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  #becomeIdle(): void {
    clearTimeout(this.#initTimer);
    const first = this.#initMilliseconds === undefined;
    this.#initMilliseconds ??= performance.now() - this.#startedAt;
    this.lastUsed = Date.now();
    this.#options.onIdle(this, first ? this.#initMilliseconds : undefined);
  }

  #finish(requestId: string, outcome: InvocationOutcome): void {
    if (this.#running?.invocation.requestId === requestId)
      this.#conclude(outcome, outcome.kind === 'returned' ? 'success' : 'error');
  }

  #conclude(outcome: InvocationOutcome, status: InvocationReport['status']): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    const milliseconds = performance.now() - running.startedAt;
    const initMilliseconds = this.#initReported ? undefined : this.#initMilliseconds;
    this.#initReported = true;
    running.settle(outcome);
    // What the handler printed last comes over another pipe; give it the chance to be read first.
    setImmediate(() => {
      if (this.#megabytesUsed === 0) this.#megabytesUsed = this.#residentMegabytes();
      const { requestId } = running.invocation;
      this.#options.log.report({ requestId, status, milliseconds, initMilliseconds, megabytesUsed: this.#megabytesUsed });
    });
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#child?.pid !== undefined) this.#options.onProcess(this.#child.pid, false);
    clearTimeout(this.#initTimer);
    this.#api?.close();
    if (this.#initMilliseconds === undefined)
      this.#initFailure ??= (requestId) => this.#errorPosted ?? exitOutcome(requestId, code, signal);
    const requestId = this.#running?.invocation.requestId;
    if (requestId !== undefined) this.#conclude(exitOutcome(requestId, code, signal), 'error');
    this.#options.onEnd(this);
    this.#resolveEnded();
  }

  #residentMegabytes(): number {
    try {
      const pages = Number(readFileSync(`/proc/${this.#child?.pid ?? 0}/statm`, 'latin1').split(' ')[1]);
      return Math.ceil((pages * 4096) / 1024 / 1024);
    } catch {
      return 0;
    }
  }
}
