/**
 * The part of WebAssembly's JavaScript interface that the PDF engine uses. Node has it, but TypeScript describes it only in
 * the DOM library, which would promise `window` and `document` to every function.
 */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  /** Compiled code; may be posted to a worker thread, which then shares it. Without members, as in the DOM library. */
  class Module {}
  type ImportValue = ((...values: number[]) => number | undefined) | Memory;
  type Imports = Record<string, Record<string, ImportValue>>;
  type ExportValue = ((...values: number[]) => number) | Memory;
  type Exports = Record<string, ExportValue>;
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Exports;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
