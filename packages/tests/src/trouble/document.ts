import type { GraphDocument } from '@graft/graph-schema'

export const learningRates = [0.01, 0.03] as const

/** A small training on the photos of a folder, whose result is what the learning rate and the photos say. */
export function trainingOn(folder: string, learningRate: number): GraphDocument {
  const end = (text: string): { node: string; port: string } => {
    const [node = '', port = ''] = text.split('.')
    return { node, port }
  }
  const edges = [
    'images.images split.images',
    'split.train augment.images',
    'backbone.model strip.model',
    'strip.model head.model',
    'split.train head.images',
    'head.model freeze.model',
    'freeze.model train.model',
    'augment.images train.train',
    'split.val train.validation',
  ].map((edge) => {
    const [from = '', to = ''] = edge.split(' ')
    return { from: end(from), to: end(to) }
  })
  const node = (type: string, params: Record<string, unknown> = {}): GraphDocument['nodes'][string] => ({
    type,
    version: 1,
    params,
  })
  return {
    format: 'graft-graph',
    version: 1,
    name: 'trouble',
    description: '',
    nodes: {
      images: node('image-folder', { path: folder }),
      split: node('split'),
      augment: node('augment'),
      backbone: node('load-backbone'),
      strip: node('strip-head'),
      head: node('add-head', { classes: 0 }),
      freeze: node('freeze-range', { to: 'stage4' }),
      train: node('train', { epochs: 3, batchSize: 4, learningRate }),
    },
    edges,
    layout: { positions: {}, frames: [], notes: [] },
  }
}
