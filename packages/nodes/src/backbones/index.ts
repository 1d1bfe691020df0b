import type { EmbeddedBackbone } from './backbone.js'

export type { EmbeddedBackbone } from './backbone.js'
export { loadEmbeddedBackbone } from './load-embedded.js'

/** Every backbone that comes with Graft. */
export const embeddedBackbones: readonly EmbeddedBackbone[] = [
  {
    id: 'graftnet-64',
    title: 'GraftNet, 64x64, pre-trained on 40 kinds of generated pictograms',
    knows: 'generated pictograms',
    architecture: 'graftnet',
    folder: 'assets/backbones/graftnet-64',
  },
]
