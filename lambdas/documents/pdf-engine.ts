/** Reads PDFs with bounds on time and memory: what takes too much is stopped in the middle, and the engine starts anew. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { OutOfMemory, startPdfium, type Pdfium, type PdfFinding } from './pdfium.js';

export type PdfReading =
  | PdfFinding
  /** It was stopped, since it went on for too long, wanted too much memory or was nested too deeply. */
  | { readonly kind: 'overrun'; readonly limit: 'time' | 'memory' | 'nesting' };

export interface PdfEngine {
  /**
   * Reads one document.
   * @throws Error when the engine itself does not start: nothing is known about the document then
   */
  read(bytes: Uint8Array): Promise<PdfReading>;
}

export interface PdfEngineOptions {
  /** Where build-assets.mjs has put pdfium.wasm. */
  readonly directory: string;
  /** Milliseconds of processor time for one document; on a busy machine, what it takes to find out may come to twice that. */
  readonly processorLimit?: number;
  /** Milliseconds on the clock, which also run while others use the processor. */
  readonly clockLimit?: number;
  /** Bytes that the engine may have besides twice the document's. It begins with 18 MB, most of them untouched. */
  readonly memoryLimit?: number;
  readonly pageLimit?: number;
}

/** A fax of this many pages keeps a line busy for more than half a day. */
export const maximumPages = 1000;

const defaults = {
  // Honest documents take 1 to 30 ms. With starting anew (15 ms), a document stays below 100.
  processorLimit: 60,
  clockLimit: 10_000,
  memoryLimit: 32 * 1024 * 1024,
  pageLimit: maximumPages,
};

/** Of the processor time that a document may have: who had this much, was stopped rightly. */
const enough = 0.6;

/** Makes an engine; nothing is loaded before the first document, and nothing has to be closed. */
export function createPdfEngine(options: PdfEngineOptions): PdfEngine {
  const limits = { ...defaults, ...options };
  // Compiled once (25 ms); an instance that takes the place of a stopped one shares the code.
  let compiled: Promise<WebAssembly.Module> | undefined;
  let instance: Promise<Pdfium> | undefined;

  const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await readFile(join(limits.directory, 'pdfium.wasm')));

  const running = async (): Promise<Pdfium> => {
    // Compiling in the background does not keep the process alive; a document that waits for it does.
    const alive = setInterval(() => undefined, 60_000);
    try {
      compiled ??= compile();
      instance ??= compiled.then(startPdfium);
      return await instance;
    } catch (error) {
      compiled = undefined;
      instance = undefined;
      throw new Error(`The PDF engine does not start from ${limits.directory} (build-assets.mjs puts its file there)`, { cause: error });
    } finally {
      clearInterval(alive);
    }
  };

  return {
    async read(bytes) {
      const memoryLimit = limits.memoryLimit + 2 * bytes.length;
      let clock = Math.min(limits.processorLimit, limits.clockLimit);
      for (;;) {
        const pdfium = await running();
        const begin = processorTime();
        const reading = within(clock, () => pdfium.look(bytes, limits.pageLimit, memoryLimit));
        if (reading.kind !== 'overrun') return reading;
        instance = undefined;
        const used = processorTime() - begin;
        // On a busy machine the clock runs faster than the processor works: then the document gets another chance.
        if (reading.limit !== 'time' || used >= enough * limits.processorLimit || clock >= limits.clockLimit) return reading;
        clock = Math.min(2 * clock, limits.clockLimit);
      }
    },
  };
}

/** Processor time of this process so far, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const callScript = new Script('call()');

/**
 * Calls `look` and stops it after some milliseconds on the clock. node:vm stops whatever its script calls in the middle of a
 * loop, WebAssembly included; it is used for that alone, and no code of a document runs in it. (A worker thread can be stopped
 * as well, but starting the next one takes 60 ms.)
 */
function within(milliseconds: number, look: () => PdfFinding): PdfReading {
  let finding: PdfReading | undefined;
  const call = (): void => {
    try {
      finding = look();
    } catch (error) {
      finding = { kind: 'overrun', limit: error instanceof OutOfMemory ? 'memory' : 'nesting' };
    }
  };
  try {
    callScript.runInContext(createContext({ call }), { timeout: milliseconds });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return { kind: 'overrun', limit: 'time' };
  }
  if (finding === undefined) throw new Error('The PDF engine gave no answer');
  return finding;
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
