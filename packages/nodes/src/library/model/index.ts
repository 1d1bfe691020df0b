import type { NodeDefinition } from '../../sdk/define-node.js'
import { addAdapters } from './add-adapters.js'
import { addHead } from './add-head.js'
import { freezeRange } from './freeze-range.js'
import { imageInput } from './image-input.js'
import { loadBackbone } from './load-backbone.js'
import { reinitialize } from './reinitialize.js'
import { stripHead } from './strip-head.js'

/** The nodes of the group Model, in the order of the palette. */
export const modelNodes: readonly NodeDefinition[] = [
  loadBackbone,
  imageInput,
  stripHead,
  addHead,
  freezeRange,
  addAdapters,
  reinitialize,
]
