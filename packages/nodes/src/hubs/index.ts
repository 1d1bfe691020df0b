export type { Hub, ResolvedModel } from './hub.js'
export { hubs, type NamedModel, parseName } from './hubs.js'
export {
  findPulled,
  isHere,
  keptPaths,
  listPulled,
  nameOfAddress,
  type PulledModel,
  pulledName,
  recordPulled,
  removePulled,
} from './pulled-models.js'
export { huggingFaceHub, isRepository } from './hugging-face.js'
