/**
 * Which file may import which: imports go one way (docs/architecture.md).
 * test/architecture/dependencies.test.ts runs these rules, and proves of each that it finds what it forbids.
 */

/** In a capability, the files that talk to AWS: whoever looks for AWS in it looks at their names. */
const talksToAws = '-(store|queue|reader)\\.ts$';

/** The files that know every adapter, and those that every adapter may know. */
const tableOfAdapters = '^lambdas/providers/(choose-provider|adapters|provider-directory)\\.ts$';
const sharedByAdapters = '^lambdas/providers/(provider|provider-[a-z-]+|multipart-body|multipart-form|form-body|public-address|public-lookup|manifest-schema)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'contract-stands-alone',
      comment: 'The contract imports zod and nothing else: every other part of the house reads it.',
      severity: 'error',
      from: { path: '^lambdas/contract/' },
      to: { pathNot: ['^lambdas/contract/', '^node_modules/zod/'] },
    },
    {
      name: 'outside-reads-the-contract-alone',
      comment: 'The stack and the console know the functions by the contract alone. (The auditor’s command verifies by the same rules as the functions, and the console reads a number by theirs.)',
      severity: 'error',
      from: { path: '^(bin|lib|admin-ui)/', pathNot: '^bin/audit-' },
      to: { path: '^lambdas/', pathNot: ['^lambdas/contract/', '^lambdas/faxes/number\\.ts$'] },
    },
    {
      name: 'functions-know-no-house-around-them',
      comment: 'What runs in the cloud imports nothing of what builds, emulates or tests it.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { dependencyTypes: ['local'], pathNot: ['^lambdas/', '^openapi\\.json$'] },
    },
    {
      name: 'local-cloud-knows-no-application',
      comment: 'The local cloud reads the template and runs the bundles: it would lie about both if it imported their sources.',
      severity: 'error',
      from: { path: '^local/' },
      to: { dependencyTypes: ['local'], pathNot: ['^local/', '^bin/install-packages\\.mjs$'] },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'The SDK goes into other people\'s programs: it brings nothing, and knows nothing of this house.',
      severity: 'error',
      from: { path: '^sdks/' },
      to: { dependencyTypesNot: ['core'], pathNot: '^sdks/node/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'A test is at the end of the road.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'adapter-imports-no-adapter',
      comment: 'A provider can be taken out without another one noticing.',
      severity: 'error',
      from: { path: '^lambdas/providers/([^/.-]+)', pathNot: tableOfAdapters },
      to: { path: '^lambdas/providers/', pathNot: [sharedByAdapters, '^lambdas/providers/$1[/.-]'] },
    },
    {
      name: 'handler-is-the-end',
      comment: 'Handler, then use case, then thing: a handler is what Lambda calls, and nobody else.',
      severity: 'error',
      from: {},
      to: { path: '\\.handler\\.ts$' },
    },
    {
      name: 'only-stores-talk-to-aws',
      comment: 'Decisions and use cases of a capability reach AWS through its stores.',
      severity: 'error',
      from: { path: '^lambdas/(?!platform/)', pathNot: talksToAws },
      to: { path: ['^node_modules/(@aws-sdk|@smithy|aws4)/', '^lambdas/platform/(dynamodb|read-item|signed-request|signed-exchange|presigned-object|stored-object|object-versions)\\.ts$'] },
    },
    {
      name: 'authorizer-starts-light',
      comment: 'Its cold start is part of every first request: no AWS client and no schema library (docs/adr/0003-authorizer-without-sdk.md).',
      severity: 'error',
      from: { path: '^lambdas/keys/authorizer\\.handler\\.ts$' },
      to: { path: ['^node_modules/@aws-sdk/(client-|lib-)', '^node_modules/zod/'], reachable: true },
    },
    {
      name: 'one-way',
      comment: 'No file imports itself by a detour.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-is-used',
      comment: 'A file that nobody imports is an entry (a handler, a script, a test) or should not be there.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.[cm]?ts$', '\\.test\\.ts$', '^[^/]+$', '\\.(mjs|cjs)$'] },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import of something that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-in-package-json',
      comment: 'A package that only happens to be there, by way of another one.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-tools-at-work',
      comment: 'What runs in the cloud or serves on this machine needs no package for developers. (A type leaves no trace.)',
      severity: 'error',
      from: { path: '^(lambdas|lib|local)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(cdk\\.out|\\.local|coverage|dist|admin-ui/dist)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // An import of a type is an import: whoever reads one file must know the other.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
