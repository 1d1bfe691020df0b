export { imageFiles } from './image-files.js'
export { type CardFacts, modelCard } from './model-card.js'
export { type ExportRequest, writeAndCheck, type WrittenExport } from './write-and-check.js'
