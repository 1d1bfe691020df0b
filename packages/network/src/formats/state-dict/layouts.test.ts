import { describe, expect, it } from 'vitest'
import { findArchitecture } from '../../architectures/index.js'
import { storedParameters } from '../../architectures/support/stored-weights.js'
import { classifierHead } from '../../head.js'
import type { Network, Tensors } from '../../network.js'
import { addHead } from '../../surgery/add-head.js'
import { stripHead } from '../../surgery/strip-head.js'
import type { LoadedNetwork, WeightsFile } from '../format.js'
import { bindWeights } from '../bind-weights.js'
import { layoutToWrite } from './layouts.js'
import { pytorchModelOf } from './pytorch-model.js'
import { stateDictOf } from './state-dict-of.js'

/** Values that tell every place of every tensor. */
function fresh(id: string, layout: string, inputSize: number): LoadedNetwork {
  const built = findArchitecture(id).build({ classes: 5, inputSize, seed: 3 })
  const head = classifierHead(['a', 'b', 'c', 'd', 'e'])
  const network = { ...built, head, provenance: { ...built.provenance, source: 'hf:some/model@1a', layout } }
  const tensors: Tensors = new Map()
  for (const [key, { shape }] of Object.entries(network.parameters)) {
    const count = shape.reduce((product, size) => product * size, 1)
    const data = new Float32Array(count)
    for (let index = 0; index < count; index++) data[index] = index + tensors.size / 1024
    tensors.set(key, { shape, data })
  }
  return { network, tensors }
}

/** Those that there are, and one more for each new one. */
function withValues({ parameters }: Network, tensors: Tensors): Tensors {
  const entries = Object.entries(parameters).map(([key, { shape }]) => {
    const count = shape.reduce((product, side) => product * side, 1)
    return [
      key,
      tensors.get(key) ?? { shape, data: Float32Array.from({ length: count }, (_, index) => index + 1) },
    ] as const
  })
  return new Map(entries)
}

function fileOf(state: ReturnType<typeof stateDictOf>): WeightsFile {
  const floats = [...state.tensors].flatMap(([name, { shape, data }]) =>
    data instanceof Float32Array ? [[name, { shape, data }] as const] : [],
  )
  const tensors = new Map(floats)
  return {
    shapes: new Map(floats.map(([name, { shape }]) => [name, shape])),
    metadata: {},
    read: (name) => Promise.resolve(tensors.get(name) ?? { shape: [], data: new Float32Array() }),
  }
}

describe('a network that came under names of transformers', () => {
  it.each([
    ['resnet18', 'transformers', 32, 'resnet.embedder.embedder.convolution.weight'],
    ['convnextv2_atto', 'transformers V2', 32, 'convnextv2.embeddings.patch_embeddings.weight'],
    ['vit_tiny_patch16_224', 'transformers', 32, 'vit.encoder.layer.3.attention.attention.key.weight'],
    ['vit_tiny_patch16_224', 'transformers 5', 32, 'vit.layers.3.attention.k_proj.weight'],
    ['deit_tiny_distilled_patch16_224', 'transformers', 32, 'distillation_classifier.weight'],
    ['dinov2_small_classifier', 'transformers', 28, 'dinov2.embeddings.mask_token'],
  ] as const)('%s goes back under those (%s), value for value', async (id, layout, size, name) => {
    const { network, tensors } = fresh(id, layout, size)
    const state = stateDictOf(network, tensors)
    expect([...state.tensors.keys()]).toContain(name)
    expect(pytorchModelOf(network, tensors)).toEqual({ library: 'transformers', name: 'some/model' })
    const back = await bindWeights(fileOf(state), 'written', { architecture: id, inputSize: size })
    expect(back.network.provenance.layout).toBe(layout)
    const bytesOf = (data: Float32Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    // Constant factors of the formula are in no file.
    const stored = storedParameters(findArchitecture(id), back.network, layout, { classes: 5, inputSize: size })
    for (const { key } of stored)
      expect(
        bytesOf(back.tensors.get(key)?.data ?? new Float32Array()).equals(
          bytesOf(tensors.get(key)?.data ?? new Float32Array(1)),
        ),
        key,
      ).toBe(true)
  })

  it('goes back with the shapes that it came with', () => {
    const { network, tensors } = fresh('convnextv2_atto', 'transformers V2', 32)
    const state = stateDictOf(network, tensors).tensors
    expect(state.get('convnextv2.encoder.stages.0.layers.0.grn.weight')?.shape).toEqual([1, 1, 1, 160])
  })

  it('a body of DINOv2 with a new head goes back as the model whose classifier reads the patches too', () => {
    const { network: old, tensors } = fresh('vit_small_patch14_dinov2', 'dinov2 body', 28)
    const options = { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
    const network = addHead(stripHead(old), options)
    const all = withValues(network, tensors)
    const state = stateDictOf(network, all)
    expect(pytorchModelOf(network, all).library).toBe('transformers')
    expect(state.tensors.has('dinov2.encoder.layer.0.attention.attention.query.weight')).toBe(true)
    const weight = state.tensors.get('classifier.weight')
    expect(weight?.shape).toEqual([2, 2 * 384])
    const values = Array.from<number | bigint, number>(weight?.data ?? [], Number)
    const [first, behind, second] = [0, 384, 768].map((from) => values.slice(from, from + 384))
    const own = Array.from(all.get('head.fc.weight')?.data ?? [])
    expect([...(first ?? []), ...(second ?? [])]).toEqual(own)
    expect(new Set(behind)).toEqual(new Set([0]))
  })

  it('goes back with a new head', () => {
    const { network: old, tensors } = fresh('vit_tiny_patch16_224', 'transformers', 32)
    const options = { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
    const network = addHead(stripHead(old), options)
    expect(stateDictOf(network, withValues(network, tensors)).tensors.get('classifier.weight')?.shape).toEqual([2, 192])
  })
})

it('torchvision’s Swin gets the table of places that its models ask for', () => {
  const { network, tensors } = fresh('swin_t', 'torchvision', 224)
  const index = stateDictOf(network, tensors).tensors.get('features.1.0.attn.relative_position_index')
  expect(index?.shape).toEqual([2401])
  // torchvision: coordinates of two places subtracted, moved to be positive, and counted in a table of 13 x 13.
  expect([...(index?.data.slice(0, 3) ?? []), index?.data[2400]]).toEqual([84n, 83n, 82n, 84n])
})

it('names are those of a library whose model has the head', () => {
  const layouts = ['timm', 'transformers', 'dinov2', 'dinov2 body', 'transformers body', 'microsoft']
  const chosen = (origin: string, classes: number | null): string =>
    layoutToWrite({ layouts }, { origin, found: 'timm', classes })
  expect(chosen('transformers body', null)).toBe('transformers body')
  expect(chosen('transformers body', 3)).toBe('transformers')
  expect(chosen('dinov2 body', null)).toBe('dinov2 body')
  expect(chosen('dinov2 body', 3)).toBe('dinov2')
  expect(chosen('microsoft', 3)).toBe('timm')
  expect(chosen('', 3)).toBe('timm')
})
