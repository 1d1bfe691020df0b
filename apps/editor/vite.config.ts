import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const runner = process.env['GRAFT_RUNNER'] ?? 'http://127.0.0.1:4747'

// The schema is read as source, so that a stale build of it can't get into the page.
export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@graft/errors': fileURLToPath(new URL('../../packages/errors/src/index.ts', import.meta.url)),
      '@graft/graph-schema': fileURLToPath(new URL('../../packages/graph-schema/src/index.ts', import.meta.url)),
    },
  },
  build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 1600 },
  server: { proxy: { '/api': { target: runner, ws: true } } },
})
