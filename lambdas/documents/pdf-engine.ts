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
  /** Milliseconds of processor time for one document. */
  readonly processorLimit?: number;
  /** Milliseconds on the clock, which also run while others use the processor. */
  readonly clockLimit?: number;
  /** Bytes that the engine may have in all, the document's included. */
  readonly memoryLimit?: number;
  readonly pageLimit?: number;
}

/** A fax of this many pages keeps a line busy for more than half a day. */
export const maximumPages = 1000;

const defaults = {
  // Honest documents take 1 to 20 ms. Above 60, with starting a new thread afterwards, a document would cost more than 100.
  processorLimit: 60,
  clockLimit: 10_000,
  memoryLimit: 64 * 1024 * 1024,
  pageLimit: maximumPages,
};

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
  // An idle engine does not keep the process alive.
  worker.unref();
  const thread: EngineThread = {
    worker,
    answer: () =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          worker.removeAllListeners();
          // A failure between two documents must not end the process: the next read finds it.
          worker.on('error', () => undefined);
          finish();
        };
        worker.on('message', (message: EngineAnswer) => settle(() => resolve(message)));
        worker.on('error', (error) => settle(() => reject(error)));
        worker.on('exit', () => settle(() => reject(new Error('The PDF engine has ended'))));
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
  let turn: Promise<unknown> = Promise.resolve();

  const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await readFile(join(directory, 'pdfium.wasm')));

  const stop = async (): Promise<void> => {
    const stopped = thread;
    thread = undefined;
    await stopped?.worker.terminate();
  };

  const readNow = async (bytes: Uint8Array): Promise<PdfReading> => {
    // Compiled once; a thread that takes the place of a stopped one shares the code.
    compiled ??= compile();
    thread ??= await startThread(directory, { module: await compiled, memoryLimit: limits.memoryLimit, pageLimit: limits.pageLimit });
    const { worker } = thread;
    const answer = thread.answer();
    const copy = new Uint8Array(bytes);
    const processorEnd = processorTime() + limits.processorLimit;
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
      // The processor time cannot run out earlier than on the clock, as long as one thread works.
      else timer = setTimeout(look, Math.max(1, Math.min(processorLeft, clockLeft)));
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
