/**
 * What was published, for the person at the machine and for tests: a file with one JSON line a message, since nobody
 * subscribes on one machine. It is bounded: a full file takes the place of the one before it.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const publishedMessage = z.strictObject({
  messageId: z.string(),
  topicArn: z.string(),
  /** ISO 8601, UTC. */
  publishedAt: z.string(),
  /** The function whose role published it, or `administrator`. */
  publisher: z.string(),
  subject: z.string().optional(),
  message: z.string(),
  messageStructure: z.literal('json').optional(),
  attributes: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type PublishedMessage = z.infer<typeof publishedMessage>;

const fullAtBytes = 8 * 1024 * 1024;

export class MessageFile {
  readonly #current: string;
  readonly #older: string;
  #isWhole = false;

  constructor(
    stateDirectory: string,
    private readonly fullAt = fullAtBytes,
  ) {
    this.#current = join(stateDirectory, 'messages.jsonl');
    this.#older = join(stateDirectory, 'messages.older.jsonl');
  }

  /** The message is with the operating system when this returns. */
  append(message: PublishedMessage): void {
    if (existsSync(this.#current) && statSync(this.#current).size >= this.fullAt) renameSync(this.#current, this.#older);
    appendFileSync(this.#current, `${this.#cutOff() ? '\n' : ''}${JSON.stringify(message)}\n`, { mode: 0o600 });
  }

  /** Before the first message of this process: a line that a crash cut off must not run into it. */
  #cutOff(): boolean {
    if (this.#isWhole) return false;
    this.#isWhole = true;
    return existsSync(this.#current) && !/^$|\n$/.test(readFileSync(this.#current, 'latin1').slice(-1));
  }

  /** The messages that are still kept, oldest first. The last line may have been cut off by a crash. */
  read(): readonly PublishedMessage[] {
    return [this.#older, this.#current].flatMap((path) =>
      existsSync(path)
        ? readFileSync(path, 'utf8')
            .split('\n')
            .flatMap((line) => parsed(line))
        : [],
    );
  }
}

function parsed(line: string): readonly PublishedMessage[] {
  try {
    return [publishedMessage.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
