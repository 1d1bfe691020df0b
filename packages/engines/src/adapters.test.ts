import {
  adapters,
  addAdapters,
  addHead,
  countParameters,
  findArchitecture,
  foldAdapters,
  loadTensors,
  type Network,
  stripHead,
  type Tensors,
  validateNetwork,
} from '@graft/network'
import { describe, expect, it } from 'vitest'
import { onnxEngine } from './onnx/onnx-engine.js'
import { randomBatch } from './testing/test-networks.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'

const engines = [onnxEngine, createTfjsEngine({ backend: 'wasm' })]

/** A transformer, and networks with convolutions, batch normalisations, layer normalisations in both layouts. */
const names = ['vit_tiny_patch16_224', 'convnext_atto', 'mobilenet_v2', 'resnet18']
const sizes: Readonly<Record<string, number>> = { swin_t: 224, vit_tiny_patch16_224: 32 }

/** ConvNeXt's branches begin at a millionth, so that nothing in them could be seen. */
async function valuesOf(network: Network): Promise<Tensors> {
  const tensors = await loadTensors(network, async () => null)
  for (const [key, { data }] of tensors) if (/gamma|layer_scale/.test(key)) data.fill(0.5)
  return tensors
}

async function build(name: string): Promise<{ readonly network: Network; readonly tensors: Tensors }> {
  const whole = findArchitecture(name).build({ classes: 10, inputSize: sizes[name] ?? 64, seed: 3 })
  const head = { classNames: ['a', 'b', 'c'], pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
  const network = addHead(stripHead(whole), head)
  return { network, tensors: await valuesOf(network) }
}

/** The adapters' parameters moved away from where they began, as a training does. */
function moved(network: Network, tensors: Tensors): Tensors {
  const values: Tensors = new Map(tensors)
  for (const [key, { trainable, shape }] of Object.entries(network.parameters)) {
    const tensor = tensors.get(key)
    if (!trainable || tensor === undefined || !/\.(lora|ssf)\./.test(key)) continue
    const noise = randomBatch(shape, key.length).data
    values.set(key, { shape, data: tensor.data.map((value, index) => value + 0.05 * (noise[index] ?? 0)) })
  }
  return values
}

async function logits(network: Network, tensors: Tensors, engine = onnxEngine): Promise<Float32Array> {
  const forward = await engine.forward(network, { tensors })
  const values = await forward.run(randomBatch([2, ...network.input.shape], 5))
  await forward.dispose()
  return values[network.output]?.data ?? new Float32Array()
}

/** Largest difference, as a part of the largest value. */
function difference(left: Float32Array, right: Float32Array): number {
  expect(left.length).toBe(right.length)
  const largest = left.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return left.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (right[index] ?? NaN))), 0) / largest
}

const cases = [
  ...names.flatMap((name) => adapters.map(({ id }) => [name, id] as const)),
  // Products without a bias.
  ['swin_t', 'scale-and-shift'] as const,
]

describe('adapters', () => {
  it.each(cases)(
    'on %s, %s: change nothing at first, are all that trains, and fold into plain weights of the same answers',
    async (name, adapter) => {
      const { network: plain, tensors: weights } = await build(name)
      const network = addAdapters(plain, { adapter, rank: 4, alpha: 8, seed: 7 })
      const tensors = await valuesOf(network)
      expect(difference(await logits(plain, weights), await logits(network, tensors))).toBeLessThan(1e-5)

      const trains = Object.entries(network.parameters).filter(([, { trainable }]) => trainable)
      expect(trains.every(([key]) => /\.(lora|ssf)\.|^head(_2)?\.fc/.test(key))).toBe(true)
      expect(countParameters(network).trainable).toBeLessThan(countParameters(plain).total * 0.2)

      const trained = moved(network, tensors)
      const answers = await logits(network, trained)
      expect(difference(await logits(plain, weights), answers)).toBeGreaterThan(1e-3)
      for (const engine of engines)
        expect(difference(answers, await logits(network, trained, engine))).toBeLessThan(1e-4)

      const folded = foldAdapters(network, trained)
      validateNetwork(folded.network)
      expect(folded.folded).toBeGreaterThanOrEqual(3)
      expect(folded.network.layers.filter((layer) => /\.lora\.|\.ssf\.scale/.test(layer.name))).toEqual([])
      expect(difference(answers, await logits(folded.network, folded.tensors))).toBeLessThan(1e-5)
    },
    120_000,
  )
})

it('leave out the layers that have one already, and say so when none is left', async () => {
  const { network } = await build('resnet18')
  const once = addAdapters(network, { adapter: 'scale-and-shift', rank: 4, alpha: 4, seed: 0, from: 'layer4' })
  const rest = addAdapters(once, { adapter: 'scale-and-shift', rank: 4, alpha: 4, seed: 0, freezesRest: false })
  expect(rest.layers.filter((layer) => layer.name.endsWith('.ssf.shift'))).toHaveLength(20)
  expect(() => addAdapters(rest, { adapter: 'scale-and-shift', rank: 4, alpha: 4, seed: 0 })).toThrow(/already/)
})
