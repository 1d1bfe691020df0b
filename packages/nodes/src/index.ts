export * from './sdk/define-node.js'
