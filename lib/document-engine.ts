/** What the document check needs beside a function's bundle: the PDF engine's thread, PDFium itself and the font for texts. */
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';

export const documentEngineBundling: BundlingOptions = {
  commandHooks: {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (inputDirectory, outputDirectory) => [`node "${inputDirectory}/lambdas/documents/build-assets.mjs" "${outputDirectory}"`],
  },
};
