export * from './sdk/define-node.js'
export type * from './sdk/derived-runs.js'
export type * from './sdk/node-context.js'
export type * from './sdk/port-values.js'
export * from './sdk/node-error.js'
export type * from './sdk/values.js'
export * from './sdk/ports.js'
export * from './sdk/fields.js'
export * from './sdk/manifest.js'
export * from './sdk/samples.js'
export * from './sdk/metrics-detail.js'
export * from './image-files/index.js'
export * from './loader/index.js'
export * from './templates/index.js'
export * from './catalogue/index.js'
export { fetchFile, type DownloadOptions, findKept, offlineBy } from './downloads/index.js'
export {
  type Hub,
  hubs,
  findPulled,
  isHere,
  keptPaths,
  listPulled,
  nameOfAddress,
  parseName,
  type PulledModel,
  removePulled,
  type ResolvedModel,
} from './hubs/index.js'
export { embeddedBackbones, loadEmbeddedBackbone, type EmbeddedBackbone } from './backbones/index.js'
export * from './exporting/index.js'
export { readSource, type ReadSource } from './library/model/load-backbone/read-source.js'
export { type ChecksumOptions, checksumOfSource } from './library/model/load-backbone/checksum-of-source.js'
export { pullModel } from './library/model/load-backbone/pull-model.js'
export { library } from './library/index.js'
export * from './program/index.js'
export * from './torch/index.js'
export { inlineThumbnails } from './library/output/inline-thumbnails.js'
export { renderReport, withoutHome } from './report/index.js'
export { type NetworkFeatures, readNetworkFeatures } from './library/advice/features/network-features.js'
