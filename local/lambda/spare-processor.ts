/** Whether the processors of this machine have had time to spare lately. */
import { cpus } from 'node:os';

interface ProcessorTimes {
  /** Milliseconds since the machine started, over all processors. */
  readonly idle: number;
  readonly all: number;
}

/** A shorter look would see single requests. */
const shortestLook = 200;
/** Less than this share of all processor time is what a busy machine has, too. */
const spareShare = 0.15;

export class SpareProcessor {
  readonly #read: () => ProcessorTimes;
  #last: ProcessorTimes;
  #lastAt: number;
  #spare = true;

  /** @param read the processors' times; a test gives its own */
  constructor(read: () => ProcessorTimes = readTimes, now = Date.now()) {
    this.#read = read;
    this.#last = read();
    this.#lastAt = now;
  }

  /** @param now milliseconds */
  hasSome(now: number): boolean {
    if (now - this.#lastAt < shortestLook) return this.#spare;
    const times = this.#read();
    const passed = times.all - this.#last.all;
    // Where the system tells no times, nothing is known against it.
    this.#spare = passed <= 0 || (times.idle - this.#last.idle) / passed >= spareShare;
    this.#last = times;
    this.#lastAt = now;
    return this.#spare;
  }
}

function readTimes(): ProcessorTimes {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
