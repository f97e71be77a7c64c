/**
 * The log of one execution environment: what its process prints, line by line, and what Lambda says about each
 * invocation, as text or as JSON. Written in batches, with the function's role.
 */
import type { LogWriter } from '../cloud/module.js';
import type { Principal } from '../cloud/service.js';
import type { FunctionConfiguration } from './function-configuration.js';
import { noticeOf } from './log-notice.js';

export interface InvocationReport {
  readonly requestId: string;
  readonly status: 'success' | 'error' | 'timeout';
  readonly milliseconds: number;
  /** Only with the first invocation of an environment. */
  readonly initMilliseconds: number | undefined;
  readonly megabytesUsed: number;
}

export type FunctionLogWriter = (logStream: string, events: readonly LogEvent[]) => Promise<void>;
interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

const flushAfterMilliseconds = 100;
// PutLogEvents takes 1 MB and 10,000 events; half of it leaves room for the 26 bytes that AWS adds to each event.
const flushAfterBytes = 512 * 1024;
const flushAfterEvents = 5000;

/** Writes with the function's role; the first refusal is told once, as nobody else would see why a log stays empty. */
export function functionLogWriter(
  writer: LogWriter,
  principal: Principal,
  { name, logGroup }: FunctionConfiguration,
  warn: (sentence: string) => void,
): FunctionLogWriter {
  let warned = false;
  return async (logStream, events) => {
    try {
      await writer.put(principal, logGroup, logStream, events);
    } catch (error) {
      if (warned) return;
      warned = true;
      warn(`The function ${name} can't write its log: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

export class FunctionLog {
  readonly #write: FunctionLogWriter;
  readonly #configuration: FunctionConfiguration;
  readonly #logStream: string;
  readonly #notify: (notice: string) => void;
  #pending: LogEvent[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #partialLine = '';

  /** @param notify hears in short what the person at the machine should see */
  constructor(write: FunctionLogWriter, configuration: FunctionConfiguration, logStream: string, notify: (notice: string) => void) {
    this.#write = write;
    this.#notify = notify;
    this.#configuration = configuration;
    this.#logStream = logStream;
  }

  /** Takes what the process printed; a line may come in pieces. */
  output(text: string): void {
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') continue;
      this.#append(line);
      const notice = noticeOf(this.#configuration.name, line);
      if (notice !== undefined) this.#notify(notice);
    }
  }

  start(requestId: string): void {
    if (this.#configuration.logFormat === 'Text') this.#append(`START RequestId: ${requestId} Version: $LATEST`);
    else if (this.#configuration.systemLogLevel !== 'WARN')
      this.#append(platformEvent('platform.start', { requestId, version: '$LATEST' }));
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report */
  report(report: InvocationReport): void {
    const { requestId, status, milliseconds, initMilliseconds, megabytesUsed } = report;
    const { memoryMegabytes, logFormat, systemLogLevel } = this.#configuration;
    const billed = Math.ceil(milliseconds + (initMilliseconds ?? 0));
    if (logFormat === 'Text') {
      this.#append(`END RequestId: ${requestId}`);
      const init = initMilliseconds === undefined ? '' : `Init Duration: ${initMilliseconds.toFixed(2)} ms\t`;
      const outcome = status === 'success' ? '' : `Status: ${status}\t`;
      this.#append(
        `REPORT RequestId: ${requestId}\tDuration: ${milliseconds.toFixed(2)} ms\tBilled Duration: ${billed} ms\t` +
          `Memory Size: ${memoryMegabytes} MB\tMax Memory Used: ${megabytesUsed} MB\t${init}${outcome}`,
      );
    } else if (status !== 'success' || systemLogLevel !== 'WARN')
      this.#append(
        platformEvent('platform.report', {
          requestId,
          metrics: {
            durationMs: round(milliseconds),
            billedDurationMs: billed,
            memorySizeMB: memoryMegabytes,
            maxMemoryUsedMB: megabytesUsed,
            ...(initMilliseconds === undefined ? {} : { initDurationMs: round(initMilliseconds) }),
          },
          status,
        }),
      );
  }

  /** Tells the person at the machine why Lambda ended the process, which its own lines can't. */
  announceEnd(reason: string): void {
    this.#notify(`ERROR ${this.#configuration.name}: ${reason}`);
  }

  /** Everything that was said is written when this resolves. */
  async flush(): Promise<void> {
    if (this.#partialLine !== '') this.output('\n');
    this.#flushPending();
    await this.#writing;
  }

  #append(message: string): void {
    this.#pending.push({ timestamp: Date.now(), message });
    this.#pendingBytes += message.length;
    if (this.#pendingBytes >= flushAfterBytes || this.#pending.length >= flushAfterEvents) this.#flushPending();
    else this.#timer ??= setTimeout(() => this.#flushPending(), flushAfterMilliseconds);
  }

  #flushPending(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const events = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#writing = this.#writing.then(() => this.#write(this.#logStream, events));
  }
}

function platformEvent(type: string, record: object): string {
  return JSON.stringify({ time: new Date().toISOString(), type, record });
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
