/**
 * PDFium, compiled to WebAssembly: one instance with a bound on its memory, and how it looks at a document. Built on its own
 * (build-assets.mjs), since PDFium's loader alone has 126 KB; pdf-engine.ts loads it with the first PDF.
 */
// The package's file for require(): the one for import asks for import.meta.url, which a CommonJS bundle does not have.
import { PDFiumModule } from '@hyzyla/pdfium/dist/index.cjs';

/** What was found in a document. */
export type PdfReading =
  | { readonly kind: 'read'; readonly pages: number }
  /** Not a PDF, or one that even a repair does not open. */
  | { readonly kind: 'damaged' }
  /** It opens only with the user's password. */
  | { readonly kind: 'password_protected' }
  /** Encrypted for certificates or by a method that PDFium does not know. */
  | { readonly kind: 'unknown_encryption' }
  | { readonly kind: 'no_pages' }
  /** The document promises more pages than can be found. */
  | { readonly kind: 'pages_missing'; readonly promised: number; readonly found: number }
  | { readonly kind: 'too_many_pages' }
  /** It was stopped, since it went on for too long, wanted too much memory or was nested too deeply. */
  | { readonly kind: 'overrun'; readonly limit: 'time' | 'memory' | 'nesting' };

export interface Pdfium {
  /**
   * Looks at a document; blocks until it is done. After `overrun`, or when it was stopped in the middle, the instance is used up
   * until it is renewed.
   * @param memoryLimit bytes that the instance may have in all, the document's included
   */
  look(bytes: Uint8Array, pageLimit: number, memoryLimit: number): PdfReading;
  /** Makes a used-up instance as it was at its start. False where that can't be done, since it was stopped while its memory grew. */
  renew(): boolean;
}

// FPDF_GetLastError, public/fpdfview.h
const errorPassword = 4;
const errorSecurity = 5;

/** Starts an instance of compiled PDFium code: 5 to 15 ms. */
export async function startPdfium(module: WebAssembly.Module): Promise<Pdfium> {
  let exports: WebAssembly.Exports = {};
  let limit = Infinity;
  let refusals = 0;
  let growing = false;
  const pdfium = await PDFiumModule({
    instantiateWasm: (imports, done) => {
      const environment = imports['env'] ?? {};
      const grow = environment['emscripten_resize_heap'];
      if (typeof grow !== 'function' || !('_abort_js' in environment)) {
        throw new Error('PDFium grows or aborts in another way than it did: bound it anew');
      }
      const bounded: WebAssembly.Imports[string] = {
        ...environment,
        emscripten_resize_heap: (bytes) => {
          if (bytes >>> 0 > limit) {
            refusals += 1;
            return 0;
          }
          growing = true;
          const grown = grow(bytes);
          growing = false;
          return grown;
        },
        // The original also writes to the log.
        _abort_js: () => {
          throw new Error('PDFium aborted');
        },
      };
      const instance = new WebAssembly.Instance(module, { ...imports, env: bounded });
      exports = instance.exports;
      done(instance);
      return exports;
    },
  });
  pdfium._FPDF_InitLibraryWithConfig({});

  const part = (name: string): ((...values: number[]) => number) => {
    const found = exports[name];
    if (typeof found !== 'function') throw new Error(`PDFium lacks ${name}`);
    return found;
  };
  const allocate = part('malloc');
  const free = part('free');
  const load = part('FPDF_LoadMemDocument');
  const lastError = part('FPDF_GetLastError');
  const pageCount = part('FPDF_GetPageCount');
  const pageSize = part('FPDF_GetPageSizeByIndex');
  const closeDocument = part('FPDF_CloseDocument');
  const { memory } = exports;
  if (memory === undefined || typeof memory === 'function') throw new Error('PDFium lacks its memory');
  const restoreStack = part('_emscripten_stack_restore');
  const sizeAddress = allocate(16);
  const stack = part('emscripten_stack_get_current')();
  // All that PDFium knows lies in its memory and on its stack. (The memory that it has grown to stays, since none can shrink.)
  const asStarted = new Uint8Array(memory.buffer).slice(0, endOfUse(memory.buffer));

  /** The count in a page tree is only a claim: each page is looked up, without its content. */
  const countPages = (document: number, pageLimit: number): PdfReading => {
    const promised = pageCount(document);
    if (promised <= 0) return { kind: 'no_pages' };
    const looked = Math.min(promised, pageLimit + 1);
    let found = 0;
    while (found < looked && pageSize(document, found, sizeAddress, sizeAddress + 8) !== 0) found += 1;
    if (found > pageLimit) return { kind: 'too_many_pages' };
    if (found === 0) return { kind: 'no_pages' };
    return found < promised ? { kind: 'pages_missing', promised, found } : { kind: 'read', pages: found };
  };

  const readingOfError = (error: number): PdfReading => {
    if (error === errorPassword) return { kind: 'password_protected' };
    return error === errorSecurity ? { kind: 'unknown_encryption' } : { kind: 'damaged' };
  };

  const read = (bytes: Uint8Array, pageLimit: number): PdfReading => {
    const address = allocate(bytes.length);
    if (address === 0) return { kind: 'overrun', limit: 'memory' };
    new Uint8Array(memory.buffer).set(bytes, address);
    const document = load(address, bytes.length, 0);
    const reading = document === 0 ? readingOfError(lastError()) : countPages(document, pageLimit);
    if (document !== 0) closeDocument(document);
    free(address);
    return reading;
  };

  return {
    renew() {
      if (growing) return false;
      const used = endOfUse(memory.buffer);
      const bytes = new Uint8Array(memory.buffer);
      bytes.set(asStarted);
      bytes.fill(0, asStarted.length, Math.max(asStarted.length, used));
      restoreStack(stack);
      return true;
    },
    look(bytes, pageLimit, memoryLimit) {
      limit = memoryLimit;
      const refusalsBefore = refusals;
      try {
        return read(bytes, pageLimit);
      } catch {
        // PDFium aborts where its memory or its stack ends.
        return { kind: 'overrun', limit: refusals > refusalsBefore ? 'memory' : 'nesting' };
      }
    },
  };
}

/** Behind this there are only zeros. */
function endOfUse(memory: ArrayBuffer): number {
  const words = new Int32Array(memory);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0) end -= 1;
  return end * Int32Array.BYTES_PER_ELEMENT;
}
