import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Tests read the TypeScript sources, so that a stale build can't hide a failure; only worker threads and child
// processes use dist.
export default defineConfig({
  resolve: {
    alias: {
      '@graft/errors/testing': source('packages/errors/src/testing.ts'),
      '@graft/errors': source('packages/errors/src/index.ts'),
      '@graft/graph-schema/testing': source('packages/graph-schema/src/testing.ts'),
      '@graft/graph-schema': source('packages/graph-schema/src/index.ts'),
      '@graft/network/node': source('packages/network/src/node.ts'),
      '@graft/network/operators': source('packages/network/src/operators/facts.ts'),
      '@graft/engines/computing-environment': source('packages/engines/src/node/computing-environment.ts'),
      '@graft/engines/conformance': source('packages/engines/src/conformance/index.ts'),
      '@graft/engines/core': source('packages/engines/src/core.ts'),
      '@graft/engines/testing': source('packages/engines/src/testing/index.ts'),
      '@graft/network': source('packages/network/src/index.ts'),
      '@graft/engines': source('packages/engines/src/index.ts'),
      '@graft/nodes/testing': source('packages/nodes/src/testing/index.ts'),
      '@graft/nodes/sdk': source('packages/nodes/src/sdk/index.ts'),
      '@graft/nodes': source('packages/nodes/src/index.ts'),
      '@graft/runner': source('apps/runner/src/index.ts'),
    },
  },
  test: {
    // Which engine is fastest here must not depend on what else runs; tests that choose by measurement bring their own.
    env: { GRAFT_MEASURE: 'off' },
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
    globalSetup: ['scripts/own-temporary-folder.mjs'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
})
