/** Reads PDFs with bounds on time and memory: what takes too much is stopped in the middle, and the engine made as new. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import type * as pdfiumBuild from './pdfium.js';

export interface PdfEngine {
  /**
   * Reads one document.
   * @throws Error when the engine itself does not start: nothing is known about the document then
   */
  read(bytes: Uint8Array): Promise<pdfiumBuild.PdfReading>;
}

export interface PdfEngineOptions {
  /** Where build-assets.mjs has put PDFium. */
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
  // Honest documents take 1 to 30 ms, 1,000 pages 55. With being made as new (5 to 10 ms), a document stays below 100.
  processorLimit: 70,
  clockLimit: 10_000,
  memoryLimit: 32 * 1024 * 1024,
  pageLimit: maximumPages,
};

/** Of the processor time that a document may have: who had this much, was stopped rightly. */
const enough = 0.6;

/** Makes an engine; nothing is loaded before the first document, and nothing has to be closed. */
export function createPdfEngine(options: PdfEngineOptions): PdfEngine {
  const limits = { ...defaults, ...options };
  // Compiled once (25 ms). A stopped instance is renewed rather than replaced: what it leaves behind would wait for the garbage
  // collector, 30 MB each.
  let compiled: Promise<WebAssembly.Module> | undefined;
  let instance: Promise<pdfiumBuild.Pdfium> | undefined;
  // The first document also pays for what V8 compiles of the engine when it is called first: an honest one must not be refused for that.
  let cold = true;

  const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await readFile(join(limits.directory, 'pdfium.wasm')));

  const running = async (): Promise<pdfiumBuild.Pdfium> => {
    // Compiling in the background does not keep the process alive; a document that waits for it does.
    const alive = setInterval(() => undefined, 60_000);
    try {
      compiled ??= compile();
      instance ??= compiled.then((module) => load(limits.directory).startPdfium(module));
      return await instance;
    } catch (error) {
      compiled = undefined;
      instance = undefined;
      throw new Error(`The PDF engine does not start from ${limits.directory} (build-assets.mjs puts its files there)`, { cause: error });
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
        if (reading.kind !== 'overrun') {
          cold = false;
          return reading;
        }
        if (!pdfium.renew()) instance = undefined;
        const used = processorTime() - begin;
        if (reading.limit === 'time' && cold) {
          cold = false;
          continue;
        }
        // On a busy machine the clock runs faster than the processor works: then the document gets another chance.
        if (reading.limit !== 'time' || used >= enough * limits.processorLimit || clock >= limits.clockLimit) return reading;
        clock = Math.min(2 * clock, limits.clockLimit);
      }
    },
  };
}

/** Loads what build-assets.mjs has built of pdfium.ts. (By name at run time: a bundler would take it in.) */
function load(directory: string): typeof pdfiumBuild {
  const loaded: unknown = createRequire(__filename)(join(directory, 'pdfium.js'));
  if (!isPdfium(loaded)) throw new Error('pdfium.js starts no engine');
  return loaded;
}

function isPdfium(loaded: unknown): loaded is typeof pdfiumBuild {
  return typeof loaded === 'object' && loaded !== null && 'startPdfium' in loaded;
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
function within(milliseconds: number, look: () => pdfiumBuild.PdfReading): pdfiumBuild.PdfReading {
  let reading: pdfiumBuild.PdfReading | undefined;
  const call = (): void => {
    reading = look();
  };
  try {
    callScript.runInContext(createContext({ call }), { timeout: milliseconds });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return { kind: 'overrun', limit: 'time' };
  }
  if (reading === undefined) throw new Error('The PDF engine gave no answer');
  return reading;
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
