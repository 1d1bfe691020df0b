import type { GraphNode } from '../document.js'
import type { AdviceCandidate } from '../values/advice/index.js'

/** A node that advice puts into a graph: what it is, and where it stands in a grid of columns and rows. */
export interface AdvisedNode {
  readonly type: string
  readonly title?: string
  readonly params: GraphNode['params']
  readonly why: string
  readonly place: readonly [column: number, row: number]
}

/** The end of a wire as `node.port`, by the names that nodes have here. */
export interface AdvisedPart {
  readonly nodes: Readonly<Record<string, AdvisedNode>>
  readonly wires: readonly (readonly [from: string, to: string])[]
}

/** All that follows the images and the network: split, surgery, training, evaluation and output. */
export function advisedPart(candidate: AdviceCandidate): AdvisedPart {
  const training = trainings[candidate.recipe](candidate)
  const trained = training.ends.at(-1) ?? 'train'
  return {
    nodes: {
      split: {
        type: 'split',
        params: training.validates ? {} : { valFraction: 0 },
        why: training.validates
          ? 'Keeps a fifth of the images for the test and a fifth to choose the best epoch by.'
          : 'Keeps a fifth of the images for the test. Nothing is chosen on validation images, so all others are learned from.',
        place: [1, 1],
      },
      strip: {
        type: 'strip-head',
        params: candidate.cut === null ? {} : { after: candidate.cut },
        why:
          candidate.cut === null
            ? 'Takes the classes off that the network knows.'
            : `Keeps the network up to ${candidate.cut}: what comes after tells these images no better.`,
        place: [1, 0],
      },
      head: {
        type: 'add-head',
        params: candidate.features === 'all' ? { features: 'all' } : {},
        why:
          candidate.features === 'all'
            ? 'Reads all stages that are kept, from fine textures to whole objects.'
            : 'Reads the last stage that is kept.',
        place: [2, 0],
      },
      ...training.nodes,
      evaluate: {
        type: 'evaluate',
        params: {},
        why: 'Tells how far the prediction held, on images that were not learned from.',
        place: [2, 2],
      },
      export: { type: 'export-model', params: {}, why: 'Writes the model to use.', place: [3, 2] },
      report: { type: 'report', params: {}, why: 'A page with all results.', place: [4, 2] },
    },
    wires: [
      ['backbone.model', 'strip.model'],
      ['images.images', 'split.images'],
      ['strip.model', 'head.model'],
      ['split.train', 'head.images'],
      ...training.wires,
      ...training.ends.flatMap((id): AdvisedPart['wires'] => [
        ['split.train', `${id}.train`],
        ...(training.validates ? [['split.val', `${id}.validation`] as const] : []),
        [`${id}.metrics`, 'report.metrics'],
      ]),
      [`${trained}.model`, 'evaluate.model'],
      ['split.test', 'evaluate.images'],
      [`${trained}.model`, 'export.model'],
      ['evaluate.metrics', 'export.metrics'],
      [`${trained}.model`, 'report.model'],
      ['evaluate.metrics', 'report.metrics'],
      ['images.images', 'report.images'],
    ],
  }
}

interface Training extends AdvisedPart {
  /** The nodes that train, in order. */
  readonly ends: readonly string[]
  /** Is something chosen on validation images? */
  readonly validates: boolean
}

const frozen: AdvisedNode = {
  type: 'freeze-range',
  title: 'Freeze the backbone',
  params: {},
  why: 'What the network learned stays as it is; only the head is trained.',
  place: [3, 0],
}

const headOnly = (method: string, why: string, phase = 'head'): Training => ({
  nodes: {
    freeze: frozen,
    train: { type: 'train', title: 'Train the head', params: { phase, method }, why, place: [4, 0] },
  },
  wires: [
    ['head.model', 'freeze.model'],
    ['freeze.model', 'train.model'],
  ],
  ends: ['train'],
  validates: false,
})

/** How the whole network is trained on from a solved head. */
export const fineTuneSettings = {
  ...{ epochs: 8, learningRate: 0.0002 },
  ...{ backboneMultiplier: 0.5, layerDecay: 0.75, warmup: 0.1 },
} as const

const solved = 'The solver finds the best head at once, without a learning rate.'

const trainings: Readonly<Record<AdviceCandidate['recipe'], (candidate: AdviceCandidate) => Training>> = {
  probe: () => headOnly('solver', solved),
  leastSquares: () =>
    headOnly('leastSquares', 'Averages regressions by how well each explains the images: the best of few images.'),
  classMeans: () => headOnly('classMeans', 'Every class by the mean of its images.'),
  fineTune: () => {
    const { nodes, wires } = headOnly('solver', solved, 'probe')
    return {
      nodes: {
        ...nodes,
        unfreeze: {
          type: 'freeze-range',
          title: 'Unfreeze the backbone',
          params: { action: 'unfreeze' },
          why: 'Lets the network follow these images.',
          place: [5, 0],
        },
        finetune: {
          type: 'train',
          title: 'Fine-tune',
          params: { phase: 'fine-tune', ...fineTuneSettings },
          why: 'A low rate, lower still for early stages, so that little of what the network knows is lost.',
          place: [6, 0],
        },
      },
      wires: [...wires, ['train.model', 'unfreeze.model'], ['unfreeze.model', 'finetune.model']],
      ends: ['train', 'finetune'],
      validates: true,
    }
  },
  scratch: () => ({
    nodes: {
      reinitialize: {
        type: 'reinitialize',
        params: {},
        why: 'Forgets what the network learned, and keeps its architecture.',
        place: [3, 0],
      },
      train: {
        type: 'train',
        title: 'Train from scratch',
        params: {
          ...{ phase: 'from scratch', epochs: 15, learningRate: 0.003 },
          ...{ backboneMultiplier: 1, schedule: 'oneCycle' },
        },
        why: 'All layers learn from these images alone.',
        place: [4, 0],
      },
    },
    wires: [
      ['head.model', 'reinitialize.model'],
      ['reinitialize.model', 'train.model'],
    ],
    ends: ['train'],
    validates: true,
  }),
}
