/** What the PDF engine's thread and its owner say to each other. */

/** How the engine read a document. */
export type PdfReading =
  | { readonly kind: 'read'; readonly pages: number }
  /** Not a PDF, or one that even a repair does not open. */
  | { readonly kind: 'damaged' }
  /** It opens only with the user's password. */
  | { readonly kind: 'password_protected' }
  /** Encrypted for certificates or by a method that the engine does not know. */
  | { readonly kind: 'unknown_encryption' }
  | { readonly kind: 'no_pages' }
  /** The document promises more pages than can be found. */
  | { readonly kind: 'pages_missing'; readonly promised: number; readonly found: number }
  | { readonly kind: 'too_many_pages' }
  /** It was stopped, since it went on for too long or wanted too much memory. */
  | { readonly kind: 'overrun'; readonly limit: 'time' | 'memory' | 'nesting' };

/** Given to the thread when it starts. */
export interface EngineStart {
  readonly module: WebAssembly.Module;
  readonly memoryLimit: number;
  readonly pageLimit: number;
}

/** To the thread: one document. Its bytes are transferred, not copied. */
export type EngineRequest = Uint8Array;

/** From the thread: `ready` once, then one reading for each request. After `overrun` the thread is used up. */
export type EngineAnswer = { readonly kind: 'ready' } | PdfReading;
