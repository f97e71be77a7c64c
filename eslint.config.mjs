/** The house's rules for code, as far as ESLint can check them. Which file may import which: .dependency-cruiser.cjs. */
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];
const plainScripts = ['**/*.mjs', '**/*.cjs'];
const tests = ['test/**/*.ts'];

export default defineConfig(
  globalIgnores(['node_modules/', 'cdk.out/', '.local/', 'coverage/', 'dist/']),
  // A rule is turned off here, with its reason, or not at all.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: [...typescript, ...plainScripts],
    extends: [js.configs.recommended],
    rules: {
      eqeqeq: 'error',
      'no-constructor-return': 'error',
      'no-else-return': ['error', { allowElseIf: true }],
      'no-implicit-coercion': 'error',
      'no-lonely-if': 'error',
      'no-return-assign': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unreachable-loop': 'error',
      'no-useless-rename': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'not implemented'], location: 'anywhere' }],
      'object-shorthand': 'error',
      'prefer-object-spread': 'error',
      // AWS forbids control characters in names and messages, so they stand in patterns.
      'no-control-regex': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A type is proved, by a schema, a guard or a narrower signature. (`as const` is no assertion.)
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An interface asks for a promise; who has the answer at once gives it at once, or has nothing to do.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // The CDK's numeric enums (days of retention) take numbers that the configuration's schema has checked.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Types are compared by their members here, classes too.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `return answer(...)` ends a branch; the types already say where a promise must be waited for.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // A recursive type of JSON can't be a Record.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // `[...text]` is how text is taken apart by code points.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true }],
      '@typescript-eslint/no-shadow': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^\\.{1,2}/(?!.*\\.(js|json|mjs|cjs|css)$)', message: 'Name the file as Node will find it: ./keys.js for ./keys.ts.' }] },
      ],
      'no-restricted-globals': ['error', { name: 'Reflect', message: 'It forgets types: call or read the thing itself.' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export it by its name: whoever looks for it finds it everywhere.' }],
    },
  },
  {
    files: tests,
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // Jest's own matchers (`expect.any(...)`) are `any`, and a stack under test is taken apart into its functions.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A test takes a part out of a template, whatever its name.
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-restricted-properties': [
        'error',
        ...['describe', 'it', 'test'].flatMap((object) =>
          ['only', 'skip', 'todo'].map((property) => ({ object, property, message: 'A test runs, or it is not there.' })),
        ),
      ],
    },
  },
  {
    // Descriptions of packages that bring no types: they have the shape that the package has.
    files: ['**/*.d.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: plainScripts,
    rules: {
      // `local/start.mjs` must parse on a Node that is too old, to say so.
      'no-unused-vars': ['error', { caughtErrors: 'none' }],
    },
    languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly' } },
  },
  // CloudFront calls the function of this name.
  { files: ['lib/edge/*.cjs'], rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^handler$' }] } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'readonly', __dirname: 'readonly' } } },
);
