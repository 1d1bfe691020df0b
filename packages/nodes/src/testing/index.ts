// For the tests of plugins too: `import { describeNode, createTestContext } from '@graft/nodes/testing'`. Needs vitest.
export * from './broken-transfers.js'
export * from './describe-node.js'
export * from './local-server.js'
export * from './test-context.js'
