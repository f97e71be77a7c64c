/**
 * The PDF engine's thread: PDFium, compiled to WebAssembly. A build of its own (build-assets.mjs) beside the function's bundle,
 * so that it can be stopped in the middle of a document, and is loaded only where a PDF comes in.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PDFiumModule } from '@hyzyla/pdfium';
import type { EngineAnswer, EngineRequest, EngineStart, PdfReading } from './pdf-engine-protocol.js';

const port = parentPort;
if (port === null) throw new Error('pdf-engine.worker runs as a worker thread only');
const start: unknown = workerData;
if (!isStart(start)) throw new Error('pdf-engine.worker was started without its module and limits');
const { module, memoryLimit, pageLimit } = start;

// FPDF_GetLastError, public/fpdfview.h
const errorPassword = 4;
const errorSecurity = 5;

/** Said once, whether the engine asked for more memory than it may have: it aborts then, without telling why. */
let memoryRefused = false;

/** Starts PDFium with a bound on its memory. */
async function startPdfium(): Promise<WebAssembly.Exports> {
  let exports: WebAssembly.Exports = {};
  const pdfium = await PDFiumModule({
    instantiateWasm: (imports, done) => {
      const environment = imports['env'] ?? {};
      const grow = environment['emscripten_resize_heap'];
      if (typeof grow !== 'function') throw new Error('PDFium no longer grows its memory by emscripten_resize_heap: bound it in another way');
      const boundedGrow = (bytes: number): number | undefined => {
        if (bytes >>> 0 <= memoryLimit) return grow(bytes);
        memoryRefused = true;
        return 0;
      };
      const instance = new WebAssembly.Instance(module, { ...imports, env: { ...environment, emscripten_resize_heap: boundedGrow } });
      exports = instance.exports;
      done(instance);
      return exports;
    },
  });
  pdfium._FPDF_InitLibraryWithConfig({});
  return exports;
}

function enginePart(exports: WebAssembly.Exports, name: string): (...values: number[]) => number {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`PDFium lacks ${name}`);
  return found;
}

function openReader(exports: WebAssembly.Exports): (bytes: Uint8Array) => PdfReading {
  const allocate = enginePart(exports, 'malloc');
  const free = enginePart(exports, 'free');
  const load = enginePart(exports, 'FPDF_LoadMemDocument');
  const lastError = enginePart(exports, 'FPDF_GetLastError');
  const pageCount = enginePart(exports, 'FPDF_GetPageCount');
  const pageSize = enginePart(exports, 'FPDF_GetPageSizeByIndex');
  const closeDocument = enginePart(exports, 'FPDF_CloseDocument');
  const { memory } = exports;
  if (memory === undefined || typeof memory === 'function') throw new Error('PDFium lacks its memory');
  const sizeAddress = allocate(16);

  /** The count in a page tree is only a claim: each page is looked up, without its content. */
  const readPages = (document: number): PdfReading => {
    const promised = pageCount(document);
    if (promised <= 0) return { kind: 'no_pages' };
    const looked = Math.min(promised, pageLimit + 1);
    let found = 0;
    while (found < looked && pageSize(document, found, sizeAddress, sizeAddress + 8) !== 0) found += 1;
    if (found > pageLimit) return { kind: 'too_many_pages' };
    if (found === 0) return { kind: 'no_pages' };
    return found < promised ? { kind: 'pages_missing', promised, found } : { kind: 'read', pages: found };
  };

  return (bytes) => {
    const address = allocate(bytes.length);
    if (address === 0) return { kind: 'overrun', limit: 'memory' };
    new Uint8Array(memory.buffer).set(bytes, address);
    const document = load(address, bytes.length, 0);
    let reading: PdfReading;
    if (document === 0) {
      const error = lastError();
      reading = error === errorPassword ? { kind: 'password_protected' } : error === errorSecurity ? { kind: 'unknown_encryption' } : { kind: 'damaged' };
    } else {
      reading = readPages(document);
      closeDocument(document);
    }
    free(address);
    return reading;
  };
}

const answer = (message: EngineAnswer): void => {
  port.postMessage(message);
};

void startPdfium().then((exports) => {
  const read = openReader(exports);
  port.on('message', (bytes: EngineRequest) => {
    try {
      answer(read(bytes));
    } catch {
      // PDFium aborts where its stack or its memory ends; nothing of this instance can be trusted afterwards.
      answer({ kind: 'overrun', limit: memoryRefused ? 'memory' : 'nesting' });
    }
  });
  answer({ kind: 'ready' });
});

function isStart(value: unknown): value is EngineStart {
  return typeof value === 'object' && value !== null && 'module' in value && 'memoryLimit' in value && 'pageLimit' in value;
}
