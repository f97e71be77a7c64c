/** How Vite builds the console into dist/, and serves it for its developers with the API of a running `npm start` behind it. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { withoutDescriptions } from './build/without-descriptions.js';
import { withoutFeatureNotifications } from './build/without-feature-notifications.js';

/** The gateway that the development server forwards /api to. */
const gateway = process.env['GATEWAY'] ?? 'http://localhost:8080';

/** In the cloud the stack writes this file (lib/console.ts). */
function runtimeConfiguration(): Plugin {
  const content = JSON.stringify({ apiBase: '/api', stage: 'development', version: 'development', defaultCountry: 'US' });
  return {
    name: 'runtime-configuration',
    configureServer: ({ middlewares }) => {
      middlewares.use('/runtime-config.json', (_request, response) => {
        response.setHeader('Content-Type', 'application/json').end(content);
      });
    },
  };
}

const consoleBuild = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [runtimeConfiguration(), withoutDescriptions(), withoutFeatureNotifications()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The Content-Security-Policy has no data: for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    // What most pages need comes in one file: it compresses better than in thirty, and is kept from page to page.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /node_modules/, minShareCount: 4 }] } } },
  },
  server: {
    proxy: {
      '^/api/': {
        target: gateway,
        changeOrigin: true,
        rewrite: (path) => path.replace(/^\/api/, ''),
      },
    },
  },
});

// Vite takes the default export alone.
export { consoleBuild as default };
