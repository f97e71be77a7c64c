/** Access logs: one line a request, rendered from the stage's format and written to its log group in the background. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogWriter } from '../cloud/module.js';
import type { Exchange } from './exchange.js';
import { accessLogFormat, type Renderer } from './text-template.js';

/** What CloudWatch Logs takes in one PutLogEvents is 10,000 events; half of it keeps a batch under its megabyte. */
const batchLength = 1_000;
/** Lines of so many milliseconds go together; AWS takes seconds. */
const gatherMilliseconds = 50;

export class AccessLog {
  readonly #render: Renderer;
  readonly #streamName: string;
  #waiting: { readonly timestamp: number; readonly message: string }[] = [];
  #writing: Promise<void> | undefined;
  #failed = false;

  /** @throws Error for a format that can't be rendered */
  constructor(
    private readonly logs: LogWriter,
    readonly logGroupName: string,
    format: string,
    stage: string,
  ) {
    this.#render = accessLogFormat(format);
    // API Gateway's streams are named by hashes too.
    this.#streamName = createHash('md5').update(stage).digest('hex');
  }

  write(exchange: Exchange): void {
    this.#waiting.push({ timestamp: exchange.request.receivedAt, message: this.#render(exchange) });
    this.#writing ??= this.#flush();
  }

  /** Resolves when everything written so far is in the log group. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #flush(): Promise<void> {
    await pause(gatherMilliseconds);
    while (this.#waiting.length > 0) {
      const events = this.#waiting.slice(0, batchLength);
      this.#waiting = this.#waiting.slice(batchLength);
      try {
        await this.logs.put({ kind: 'service' }, this.logGroupName, this.#streamName, events);
      } catch (error) {
        if (!this.#failed)
          console.warn(
            `API Gateway can't write its access log to ${this.logGroupName}: ${error instanceof Error ? error.message : String(error)}`,
          );
        this.#failed = true;
      }
    }
    this.#writing = undefined;
  }
}

/**
 * The log group of an access log destination. CloudFormation gives log group ARNs with `:*` at their end; API Gateway takes both.
 * @throws Error for another kind of destination
 */
export function logGroupOf(destinationArn: string): string {
  const name = /^arn:aws:logs:[^:]+:\d+:log-group:([^:]+)(?::\*)?$/.exec(destinationArn)?.[1];
  if (name === undefined) throw new Error(`an access log goes to a log group here, not to ${destinationArn}`);
  return name;
}
