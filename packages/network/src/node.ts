export * from './formats/model-files-node.js'
