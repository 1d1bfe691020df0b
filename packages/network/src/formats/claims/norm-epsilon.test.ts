import { describe, expect, it } from 'vitest'
import { findArchitecture } from '../../architectures/index.js'
import { storedParameters } from '../../architectures/support/stored-weights.js'
import type { Layer } from '../../network.js'
import { filesInMemory } from '../model-files.js'
import { readNetwork } from '../read-network.js'
import { encodeSafetensors } from '../safetensors/write.js'

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Weights of noughts, under the names of a layout. */
function weightsOf(id: string, layout: string): Uint8Array {
  const options = { classes: 3, inputSize: 64 }
  const built = findArchitecture(id).build(options)
  const tensors = storedParameters(findArchitecture(id), built, layout, options).flatMap(({ names, shape }) => {
    const [first = 1, ...rest] = shape
    const part = [first / names.length, ...rest]
    const count = part.reduce((product, size) => product * size, 1)
    return names.map((name) => [name, { shape: part, data: new Float32Array(count) }] as const)
  })
  return encodeSafetensors(new Map(tensors))
}

async function epsilons(files: Record<string, Uint8Array>): Promise<readonly (readonly [string, unknown])[]> {
  const { network } = await readNetwork(filesInMemory(files))
  const norms = network.layers.filter(({ operator }: Layer) => operator === 'LayerNormalization')
  return norms.map(({ name, attributes }) => [name, attributes['epsilon']])
}

describe('layer normalisations of transformers’ networks', () => {
  // Steps of training were 2e-4 off PyTorch's: ViT's was timm's 1e-6, and transformers' is 1e-12.
  it('have the epsilon that config.json says, or that models of the kind have by default', async () => {
    const weights = weightsOf('vit_tiny_patch16_224', 'transformers')
    const withConfig = (config: unknown): Promise<readonly (readonly [string, unknown])[]> =>
      epsilons({ 'model.safetensors': weights, 'config.json': json(config) })
    const told = await withConfig({ model_type: 'vit', layer_norm_eps: 1e-7 })
    expect(told).toHaveLength(25)
    expect(new Set(told.map(([, epsilon]) => epsilon))).toEqual(new Set([1e-7]))
    expect(new Set((await withConfig({ model_type: 'vit' })).map(([, epsilon]) => epsilon))).toEqual(new Set([1e-12]))
    const others = [{ model_type: 'constructor' }, { model_type: 'vit', layer_norm_eps: 'x' }]
    for (const config of others)
      expect(new Set((await withConfig(config)).map(([, epsilon]) => epsilon))).toEqual(new Set([1e-6]))
  })

  it('of ConvNeXt have it only behind the average', async () => {
    const config = json({ model_type: 'convnext', layer_norm_eps: 1e-12 })
    const weights = weightsOf('convnext_tiny', 'transformers')
    const found = await epsilons({ 'model.safetensors': weights, 'config.json': config })
    expect(found.filter(([, epsilon]) => epsilon === 1e-12)).toEqual([found.at(-1)])
  })
})
