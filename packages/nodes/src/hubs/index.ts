export type { Hub, ResolvedModel } from './hub.js'
export { hubs, type NamedModel, parseName } from './hubs.js'
export { huggingFaceHub, isRepository } from './hugging-face.js'
