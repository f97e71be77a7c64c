/** Jest transform: TypeScript to CommonJS by the esbuild that also bundles the functions; types are checked by `tsc` on its own. */
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

module.exports = {
  getCacheKey: (source, path) => createHash('sha256').update(source).update(path).update(version).digest('hex'),
  process: (source, path) => {
    const { code, map } = transformSync(source, {
      loader: path.endsWith('.tsx') ? 'tsx' : 'ts',
      format: 'cjs',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'external',
    });
    return { code, map };
  },
};
