/** The part of mime-types that is used here. */
declare module 'mime-types' {
  export function lookup(fileNameOrExtension: string): string | false;
}
