export * from './formats/model-files-node.js'
export { formatOfFile } from './formats/format-of-file-node.js'
