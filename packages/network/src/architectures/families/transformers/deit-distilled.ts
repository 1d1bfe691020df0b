import { defineFamily } from '../../support/define-family.js'
import { addTransformer, imageSizeOf, usualSizes, type VitSizes } from './vit-layers.js'
import { timm, transformers5Names, transformersNames, type VitNames } from './vit-names.js'

interface Names extends VitNames {
  /** Classifier of the second token. */
  readonly headOfDistillation: string
}

const ofTransformers = (names: VitNames): Names => ({
  ...names,
  distillation: 'deit.embeddings.distillation_token',
  head: 'cls_classifier',
  headOfDistillation: 'distillation_classifier',
})

const patch = 16
const { tiny, small, base } = usualSizes

/**
 * DeiT with a second token, which learned from another network (Touvron et al. 2020, arXiv:2012.12877): each token has a
 * classifier of its own, and the answer is the mean of both. A new head reads the mean of the tokens.
 */
export const deitDistilled = defineFamily<VitSizes, Names>({
  title: 'Distilled vision transformer',
  // The mean of two answers of the same weights is the answer for the mean of both tokens.
  linearHead: { modules: ['head', 'head_dist'] },
  layouts: {
    timm: { ...timm, distillation: 'dist_token', headOfDistillation: 'head_dist' },
    transformers: ofTransformers(transformersNames('deit')),
    'transformers 5': ofTransformers(transformers5Names('deit')),
  },
  rows: [
    { id: 'deit_tiny_distilled_patch16_224', title: 'DeiT-Ti, distilled', patch, ...tiny },
    { id: 'deit_small_distilled_patch16_224', title: 'DeiT-S, distilled', patch, ...small },
    { id: 'deit_base_distilled_patch16_224', title: 'DeiT-B, distilled', patch, ...base },
  ].map((row) => ({ ...row, preprocessing: { interpolation: 'bicubic', cropFraction: 0.9 } as const })),
  build: (layers, sizes, names, classes) => {
    addTransformer(layers, sizes, names)
    const tokens = layers.slice('features', 1, [0, 2])
    if (classes === null) return
    layers.stage('head')
    const answer = (label: string, token: number, head: string): string => {
      const from = layers.layer(`${label}.token`, 'Gather', { indices: [token], axis: 1, scalar: 1 }, [tokens])
      return layers.linear(head, classes, { from })
    }
    const first = answer('head.class', 0, names.head)
    layers.addition('head.sum', first, answer('head.distillation', 1, names.headOfDistillation))
    layers.scaled('head.mean', 0.5)
  },
  positions: (names) => ({ key: names.positions, before: 2 }),
  inputSizeOf: (shapes) => imageSizeOf(shapes.get(timm.positions), patch, 2),
})
