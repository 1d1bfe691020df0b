import { defineFamily, type Row } from '../../support/define-family.js'
import { addTransformer, imageSizeOf, usualSizes, type VitSizes } from './vit-layers.js'
import {
  maskToken,
  oldTorchvision,
  timm,
  torchvision,
  transformers5Names,
  transformersNames,
  type VitNames,
  withoutBody,
} from './vit-names.js'

const { tiny, small, base, large } = usualSizes
const half = [0.5, 0.5, 0.5] as const
const ofVision = { layouts: ['torchvision', 'old torchvision'] } as const
const ofHubs = {
  layouts: ['timm', 'transformers', 'transformers 5', 'transformers body'],
  preprocessing: { mean: half, deviation: half, cropFraction: 0.9, interpolation: 'bicubic' },
} as const
const ofDeit = {
  layouts: ['timm', 'transformers', 'transformers 5'],
  preprocessing: { interpolation: 'bicubic' },
} as const
const ofDino = {
  layouts: ['timm', 'dinov2', 'dinov2 5', 'dinov2 body'],
  preprocessing: { cropFraction: 1, interpolation: 'bicubic' },
  inputSize: 518,
  patch: 14,
  scaled: true,
} as const

const rows: readonly Row<VitSizes>[] = [
  { id: 'vit_b_16', title: 'ViT-B/16 (torchvision)', patch: 16, ...base, ...ofVision },
  { id: 'vit_b_32', title: 'ViT-B/32 (torchvision)', patch: 32, ...base, ...ofVision },
  { id: 'vit_l_16', title: 'ViT-L/16 (torchvision)', patch: 16, ...large, ...ofVision },
  { id: 'vit_tiny_patch16_224', title: 'ViT-Ti/16', patch: 16, ...tiny, ...ofHubs },
  { id: 'vit_small_patch16_224', title: 'ViT-S/16', patch: 16, ...small, ...ofHubs },
  { id: 'vit_small_patch32_224', title: 'ViT-S/32', patch: 32, ...small, ...ofHubs },
  { id: 'vit_base_patch16_224', title: 'ViT-B/16', patch: 16, ...base, ...ofHubs },
  { id: 'vit_base_patch32_224', title: 'ViT-B/32', patch: 32, ...base, ...ofHubs },
  { id: 'vit_large_patch16_224', title: 'ViT-L/16', patch: 16, ...large, ...ofHubs },
  { id: 'deit_tiny_patch16_224', title: 'DeiT-Ti', patch: 16, ...tiny, ...ofDeit },
  { id: 'deit_small_patch16_224', title: 'DeiT-S', patch: 16, ...small, ...ofDeit },
  { id: 'deit_base_patch16_224', title: 'DeiT-B', patch: 16, ...base, ...ofDeit },
  { id: 'vit_small_patch14_dinov2', title: 'DINOv2 ViT-S/14', ...small, ...ofDino },
  { id: 'vit_base_patch14_dinov2', title: 'DINOv2 ViT-B/14', ...base, ...ofDino },
  { id: 'vit_large_patch14_dinov2', title: 'DINOv2 ViT-L/14', ...large, ...ofDino },
]

/** Dosovitskiy et al. 2020 (arXiv:2010.11929); DeiT: Touvron et al. 2020; DINOv2: Oquab et al. 2023 (arXiv:2304.07193). */
export const vit = defineFamily<VitSizes, VitNames>({
  title: 'Vision transformer',
  layouts: {
    timm,
    torchvision,
    'old torchvision': oldTorchvision,
    transformers: transformersNames('vit'),
    'transformers 5': transformers5Names('vit'),
    'transformers body': withoutBody(transformersNames('vit'), 'vit'),
    dinov2: transformersNames('dinov2'),
    'dinov2 5': transformers5Names('dinov2'),
    'dinov2 body': withoutBody(transformersNames('dinov2'), 'dinov2'),
  },
  rows,
  ignored: /(^|\.)(mask_token|pooler\.dense\.(weight|bias))$/,
  asked: ({ width }, names, layout) => (layout.startsWith('dinov2') ? maskToken(names, width) : new Map()),
  // Dinov2ForImageClassification reads the mean of the patches behind the class token.
  readsTimes: (layout) => (layout.startsWith('dinov2') ? 2 : 1),
  build: (layers, sizes, names, classes) => {
    addTransformer(layers, sizes, names)
    layers.layer('feature', 'Gather', { indices: [0], axis: 1, scalar: 1 })
    if (classes === null) return
    layers.stage('head')
    layers.linear(names.head, classes)
  },
  positions: (names) => ({ key: names.positions, before: 1 }),
  inputSizeOf: (shapes, { patch, layouts }) => {
    const names = layouts?.[0] === 'torchvision' ? torchvision : timm
    return imageSizeOf(shapes.get(names.positions), patch)
  },
})
