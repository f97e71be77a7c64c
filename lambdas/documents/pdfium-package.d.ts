/** The CommonJS file of the package, which its `exports` reach and its types forget. */
declare module '@hyzyla/pdfium/dist/index.cjs' {
  export { PDFiumModule } from '@hyzyla/pdfium';
}
