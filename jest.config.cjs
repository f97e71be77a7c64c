/** How jest finds, reads and bounds the tests. test/run.mjs runs it. */

// The functions' own log has no place in a test report.
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'SILENT';
// The SDK is pinned, so its notice about the Node of later versions has none either.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/test/esbuild-transform.cjs' },
  // Sources import './x.js' as TypeScript and Node want it; the file is x.ts.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/.local', '<rootDir>/cdk.out'],
  testEnvironment: 'node',
  // Ends what hangs; no test waits for it, and a busy machine takes its time.
  testTimeout: 60_000,
  injectGlobals: true,
};
