import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds the Admin API. */
const API = 'http://127.0.0.1:4000';
const ROUTES =
  'console/session|webhooks|deliveries|events|event-types|replays|api-keys|audit-log|insights|organization|overview|pipeline|filters|warnings';

const CONTRACT = fileURLToPath(new URL('../../libs/contract/src/index.ts', import.meta.url));

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  resolve: { alias: { '@fleethook/contract': CONTRACT } },
  server: { proxy: { [`^/(${ROUTES})(/|\\?|$)`]: { target: API } } },
  build: {
    outDir: '../../dist/apps/console',
    emptyOutDir: true,
    // The policy of the page allows no script and no font within a URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    // Few files, so that a page needs few requests; the charts and what only they use stay apart.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'libraries',
              test: /node_modules[\\/](@mantine|@floating-ui|@tanstack|react|react-dom|react-router|scheduler)[\\/]/,
            },
            { name: 'console', test: /(src[\\/](api|shell|theme|ui)|libs[\\/]contract)[\\/]/ },
          ],
        },
      },
    },
  },
});
