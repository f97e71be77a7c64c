/** Reads PDFs in a thread of its own, which is kept warm and stopped in the middle of a document that takes too much. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineAnswer, EngineStart, PdfReading } from './pdf-engine-protocol.js';

export interface PdfEngine {
  /**
   * Reads one document; several calls wait for each other.
   * @throws Error when the engine itself does not start: nothing is known about the document then
   */
  read(bytes: Uint8Array): Promise<PdfReading>;
  /** Stops the thread. A later `read` starts a new one. */
  close(): Promise<void>;
}

export interface PdfEngineOptions {
  /** Where build-assets.mjs has put the engine's files. */
  readonly directory: string;
  /** Milliseconds of processor time for one document, with the new thread that follows a stopped one. */
  readonly processorLimit?: number;
  /** Milliseconds of processor time that a document has in any case, however long a new thread took. */
  readonly leastProcessorLimit?: number;
  /** Milliseconds on the clock, which also run while others use the processor. */
  readonly clockLimit?: number;
  /** Bytes that the engine may have in all, the document's included. */
  readonly memoryLimit?: number;
  readonly pageLimit?: number;
}

/** A fax of this many pages keeps a line busy for more than half a day. */
export const maximumPages = 1000;

const defaults = {
  // Honest documents take 1 to 20 ms; a new thread about 40, stopping one 3. In all a document stays below 100.
  processorLimit: 80,
  leastProcessorLimit: 40,
  clockLimit: 10_000,
  memoryLimit: 64 * 1024 * 1024,
  pageLimit: maximumPages,
};

/** Milliseconds; the engine may work on several processors at once (it compiles in the background). */
const lookEvery = 10;

/** Processor time of this process so far, in milliseconds: the clock would refuse honest documents on a busy machine. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One running thread. `answer` gives the next message, or rejects when the thread fails. */
interface EngineThread {
  readonly worker: Worker;
  answer(): Promise<EngineAnswer>;
}

async function startThread(directory: string, start: EngineStart): Promise<EngineThread> {
  const worker = new Worker(join(directory, 'pdf-engine.worker.js'), {
    workerData: start,
    // It gets nothing that it does not need: no environment (credentials), no flags, no output.
    env: {},
    execArgv: [],
    argv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  });
  let waiting: { readonly resolve: (answer: EngineAnswer) => void; readonly reject: (error: Error) => void } | undefined;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    waiting?.reject(failure);
  };
  worker.on('message', (message: EngineAnswer) => waiting?.resolve(message));
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => fail(new Error(`The PDF engine has ended with ${code}`)));
  // An idle engine does not keep the process alive. (A listener for messages would undo an earlier unref.)
  worker.unref();
  const thread: EngineThread = {
    worker,
    answer: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (failure !== undefined) reject(failure);
      }),
  };
  try {
    await thread.answer();
  } catch (error) {
    throw new Error(`The PDF engine does not start from ${directory} (build-assets.mjs puts its files there)`, { cause: error });
  }
  return thread;
}

/** Makes an engine; nothing is loaded before the first document. */
export function createPdfEngine(options: PdfEngineOptions): PdfEngine {
  const { directory } = options;
  const limits = { ...defaults, ...options };
  let compiled: Promise<WebAssembly.Module> | undefined;
  let thread: EngineThread | undefined;
  let started = false;
  let turn: Promise<unknown> = Promise.resolve();

  const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await readFile(join(directory, 'pdfium.wasm')));

  const stop = async (): Promise<void> => {
    const stopped = thread;
    thread = undefined;
    await stopped?.worker.terminate();
  };

  const readNow = async (bytes: Uint8Array): Promise<PdfReading> => {
    // Compiled once; a thread that takes the place of a stopped one shares the code.
    const module = await (compiled ??= compile());
    const begin = started ? processorTime() : undefined;
    thread ??= await startThread(directory, { module, memoryLimit: limits.memoryLimit, pageLimit: limits.pageLimit });
    started = true;
    const { worker } = thread;
    const answer = thread.answer();
    const copy = new Uint8Array(bytes);
    // The first thread of a process is its cold start, and no document's fault.
    const now = processorTime();
    const processorEnd = Math.max((begin ?? now) + limits.processorLimit, now + limits.leastProcessorLimit);
    const clockEnd = performance.now() + limits.clockLimit;
    worker.postMessage(copy, [copy.buffer]);
    const reading = await firstOf(answer, processorEnd, clockEnd);
    if (reading.kind === 'overrun') await stop();
    return reading;
  };

  return {
    read(bytes) {
      const reading = turn.then(async () => {
        // Neither compiling nor an idle thread keeps the process alive; a document that is being read does.
        const alive = setInterval(() => undefined, 60_000);
        try {
          return await readNow(bytes);
        } catch (error) {
          compiled = undefined;
          await stop();
          throw error;
        } finally {
          clearInterval(alive);
        }
      });
      turn = reading.catch(() => undefined);
      return reading;
    },
    async close() {
      await turn;
      await stop();
    },
  };
}

/** The thread's answer, or `overrun` once the processor time or the clock has run out. */
async function firstOf(answer: Promise<EngineAnswer>, processorEnd: number, clockEnd: number): Promise<PdfReading> {
  let timer: NodeJS.Timeout | undefined;
  const overrun = new Promise<PdfReading>((resolve) => {
    const look = (): void => {
      const processorLeft = processorEnd - processorTime();
      const clockLeft = clockEnd - performance.now();
      if (processorLeft <= 0 || clockLeft <= 0) resolve({ kind: 'overrun', limit: 'time' });
      else timer = setTimeout(look, Math.max(1, Math.min(processorLeft, clockLeft, lookEvery)));
    };
    look();
  });
  const reading = answer.then((message) => {
    if (message.kind === 'ready') throw new Error('The PDF engine started twice');
    return message;
  });
  try {
    return await Promise.race([reading, overrun]);
  } finally {
    clearTimeout(timer);
    // When the thread is stopped, nobody waits for its answer any more.
    reading.catch(() => undefined);
  }
}
