/**
 * What a function that checks documents needs besides its own bundle. The bundle itself takes no loader and no external: the
 * engine's thread and the files that it reads lie beside it.
 */

/** Files that build-assets.mjs puts beside `index.js`; 4.4 MB, 2.3 MB in the function's archive. */
export const documentAssets = ['pdf-engine.worker.js', 'pdfium.wasm', 'DejaVuSansMono.ttf'] as const;

/**
 * For NodejsFunction's `bundling.commandHooks.afterBundling`.
 * @param projectRoot the folder of package-lock.json, as the hook gets it
 * @param outputDirectory where the bundle is
 */
export function buildDocumentAssets(projectRoot: string, outputDirectory: string): string[] {
  return [`node "${projectRoot}/lambdas/documents/build-assets.mjs" "${outputDirectory}"`];
}
