import { defineFamily } from '../../support/define-family.js'
import { addTransformer, imageSizeOf, usualSizes, type VitSizes } from './vit-layers.js'
import { maskToken, timm, transformers5Names, transformersNames, type VitNames } from './vit-names.js'

const dino = { patch: 14, scaled: true, inputSize: 518 } as const

/**
 * DINOv2 with the classifier that transformers gives it (Dinov2ForImageClassification): linear, on the class token and
 * the mean of the patches side by side. timm's DINOv2 reads the class token alone, see `vit.ts`; its
 * names are this network's own, since transformers keeps queries, keys and values apart.
 */
export const dinov2Classifier = defineFamily<VitSizes, VitNames>({
  title: 'DINOv2 with a classifier',
  layouts: { graft: timm, transformers: transformersNames('dinov2'), 'transformers 5': transformers5Names('dinov2') },
  rows: [
    { id: 'dinov2_small_classifier', title: 'DINOv2 ViT-S/14 with a classifier', ...usualSizes.small, ...dino },
    { id: 'dinov2_base_classifier', title: 'DINOv2 ViT-B/14 with a classifier', ...usualSizes.base, ...dino },
    { id: 'dinov2_large_classifier', title: 'DINOv2 ViT-L/14 with a classifier', ...usualSizes.large, ...dino },
  ].map((row) => ({ ...row, preprocessing: { interpolation: 'bicubic' } as const })),
  ignored: /(^|\.)mask_token$/,
  asked: ({ width }, names) => maskToken(names, width),
  build: (layers, sizes, names, classes) => {
    addTransformer(layers, sizes, names)
    const tokens = layers.last
    const [count = 0] = layers.shape(tokens)
    const first = layers.layer('class', 'Gather', { indices: [0], axis: 1, scalar: 1 }, [tokens])
    layers.slice('patches', 1, [1, count], tokens)
    const mean = layers.layer('mean', 'ReduceMean', { axes: [1], keepdims: 0 })
    layers.concat('feature', [first, mean])
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
  positions: ({ positions }) => ({ key: positions, before: 1 }),
  inputSizeOf: (shapes, { patch }) => imageSizeOf(shapes.get(timm.positions), patch),
})
