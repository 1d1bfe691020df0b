import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Architecture, architectures, freeze, loadTensors } from '@graft/network'
import { afterAll, describe, expect, it } from 'vitest'
import { featuresOf, fit } from '../../node/training.js'
import { onnxEngine } from '../../onnx/onnx-engine.js'
import { createFakeEngine } from '../testing/fake-engine.js'
import { noiseSource, smallNetwork } from '../testing/small-problem.js'

const directory = mkdtempSync(join(tmpdir(), 'graft-features-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('features of layers', () => {
  const network = (architectures[0] as Architecture).build({ classes: 3, inputSize: 32 })
  const layers = ['stage3.0.activation', 'head.flatten', 'stem.conv']
  const source = noiseSource({ count: 21, shape: [3, 32, 32] })
  const tensors = loadTensors(network, () => Promise.reject(new Error('There are no blobs in this test.')))
  const engines = { forward: onnxEngine }

  it('of several layers come from one pass, in the shapes that the network says', async () => {
    const features = await featuresOf(network, await tensors, source, layers, { engines })
    expect([features.cached, features.computed]).toEqual([0, 21])
    const forward = await onnxEngine.forward(network, { tensors: await tensors, outputs: layers })
    const straight = await forward.run(await source.load([20, 3], 0))
    for (const layer of layers) {
      const { shape, read } = features.layers[layer] ?? expect.unreachable()
      const batch = await read([20, 3])
      expect(batch.shape).toEqual([2, ...shape])
      const value = straight[layer]
      expect(value?.data).toHaveLength(batch.data.length)
      batch.data.forEach((number, index) => expect(number).toBeCloseTo(value?.data[index] ?? Number.NaN, 4))
    }
    await forward.dispose()
    await features.dispose()
  })

  it('are kept: asked for again, nothing goes through the network, and the values are the same bits', async () => {
    const options = { engines, cacheDirectory: directory }
    const first = await featuresOf(network, await tensors, source, layers, options)
    const values = await first.layers['head.flatten']?.read([0, 20])
    await first.dispose()
    source.loaded.length = 0
    const second = await featuresOf(network, await tensors, source, layers.toReversed(), options)
    expect([second.cached, second.computed, source.loaded.length]).toEqual([21, 0, 0])
    expect(await second.layers['head.flatten']?.read([0, 20])).toEqual(values)
    await second.dispose()
  })

  it('compute only the images that are missing', async () => {
    const options = { engines, cacheDirectory: directory }
    const more = noiseSource({ count: 25, shape: [3, 32, 32] })
    const features = await featuresOf(network, await tensors, more, layers, options)
    expect([features.cached, features.computed]).toEqual([21, 4])
    expect(more.loaded.flatMap(({ indices }) => indices)).toEqual([21, 22, 23, 24])
    await features.dispose()
  })

  it('name a layer that is not there', async () => {
    await expect(featuresOf(network, await tensors, source, ['stage9'], { engines })).rejects.toThrow('"stage9"')
  })

  it('stop with an AbortError', async () => {
    const signal = AbortSignal.abort()
    await expect(featuresOf(network, await tensors, source, layers, { engines, signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

it('features of the layer where training cuts are those that training has kept', async () => {
  const engine = createFakeEngine()
  const { network, tensors } = smallNetwork()
  const train = noiseSource({ count: 30 })
  const engines = { forward: engine, training: engine }
  const cacheDirectory = join(directory, 'shared')
  const frozen = freeze(network, { from: 'body', to: 'body', frozen: true })
  const { prefix } = await fit({ network: frozen, tensors, engines, train, settings: { epochs: 1 }, cacheDirectory })
  const boundary = prefix.boundary ?? ''
  engine.calls.forwardImages = 0
  const features = await featuresOf(frozen, tensors, train, [boundary], { engines, cacheDirectory })
  expect([features.cached, features.computed, engine.calls.forwardImages]).toEqual([30, 0, 0])
  await features.dispose()
})
