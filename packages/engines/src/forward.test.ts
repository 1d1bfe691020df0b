import type { Network } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { Batch } from './engine.js'
import { measureEngine } from './measuring/measure-engine.js'
import { onnxEngine } from './onnx/onnx-engine.js'
import { startTensorFlow } from './tfjs/backends.js'
import { pretrainedNetwork, randomBatch } from './testing/test-networks.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'

const tfjs = createTfjsEngine({ backend: 'wasm' })
const { network, tensors } = pretrainedNetwork()
const batch = randomBatch([3, 3, 64, 64], 77)

function expectClose(actual: Batch | undefined, expected: Batch | undefined): void {
  expect(actual?.shape).toEqual(expected?.shape)
  const largest = Math.max(...expected!.data.map(Math.abs))
  const worst = expected!.data.reduce(
    (difference, value, index) => Math.max(difference, Math.abs(value - (actual?.data[index] ?? Number.NaN))),
    0,
  )
  expect(largest).toBeGreaterThan(0.1)
  expect(worst / Math.max(1, largest)).toBeLessThan(1e-4)
}

describe('forward passes', () => {
  it('give the same values in both engines: logits, feature maps, convolutions before and normalisations after folding', async () => {
    const outputs = [network.output, 'stage2.1.activation', 'stem.conv', 'stage3.0.pointwise_bn', 'head.pool']
    const onnx = await onnxEngine.forward(network, { tensors, outputs })
    const interpreted = await tfjs.forward(network, { tensors, outputs })
    const [expected, actual] = [await onnx.run(batch), await interpreted.run(batch)]
    expect(Object.keys(actual).sort()).toEqual([...outputs].sort())
    for (const name of outputs) expectClose(actual[name], expected[name])
    await onnx.dispose()
    await interpreted.dispose()
  })

  it.each([onnxEngine, tfjs])(
    'of $id use stored statistics whatever the training policy, and take any batch size',
    async (engine) => {
      const frozen: Network = {
        ...network,
        layers: network.layers.map((layer) => (layer.statistics ? { ...layer, statistics: 'frozen' } : layer)),
      }
      const [first, second] = [
        await engine.forward(network, { tensors, threads: 1 }),
        await engine.forward(frozen, { tensors, threads: 1 }),
      ]
      const [asBatch, asFrozen] = [await first.run(batch), await second.run(batch)]
      expectClose(asBatch[network.output], asFrozen[network.output])
      const single = await first.run({ shape: [1, 3, 64, 64], data: batch.data.slice(0, 3 * 64 * 64) })
      expectClose(single[network.output], {
        shape: [1, asBatch[network.output]!.shape[1]!],
        data: asBatch[network.output]!.data.slice(0, single[network.output]!.data.length),
      })
      await first.dispose()
      await second.dispose()
    },
  )

  it('give the same bits whatever the number of threads and of images at once', async () => {
    const one = await onnxEngine.forward(network, { tensors, threads: 1, many: true })
    const expected = (await one.run(batch))[network.output]!
    const classes = expected.shape[1]!
    await one.dispose()
    for (const [threads, size] of [
      [2, 3],
      [1, 1],
      [3, 2],
    ] as const) {
      const forward = await onnxEngine.forward(network, { tensors, threads, many: true })
      for (let start = 0; start < 3; start += size) {
        const count = Math.min(size, 3 - start)
        const part = await forward.run({
          shape: [count, 3, 64, 64],
          data: batch.data.slice(start * 3 * 64 * 64, (start + count) * 3 * 64 * 64),
        })
        expect(part[network.output]!.data).toEqual(expected.data.slice(start * classes, (start + count) * classes))
      }
      await forward.dispose()
    }
  })

  it.each([onnxEngine, tfjs])(
    'of $id refuse an output that is not a layer, missing weights, and use after dispose',
    async (engine) => {
      await expect(engine.forward(network, { tensors, outputs: ['nowhere'] })).rejects.toThrow(/no layer "nowhere"/)
      await expect(engine.forward(network, { tensors: new Map() })).rejects.toThrow(/stem\.conv\.weight/)
      const forward = await engine.forward(network, { tensors })
      await forward.dispose()
      await forward.dispose()
      await expect(forward.run(batch)).rejects.toThrow(/disposed/)
    },
  )

  it('in TensorFlow.js leave no tensors behind', async () => {
    const { tf } = await startTensorFlow('wasm')
    const before = tf.memory().numTensors
    const forward = await tfjs.forward(network, {
      tensors,
      outputs: [network.output, 'stage4.0.add', 'stage4.1.add'].filter((name) =>
        network.layers.some((layer) => layer.name === name),
      ),
    })
    await forward.run(batch)
    const afterOne = tf.memory().numTensors
    await forward.run(batch)
    expect(tf.memory().numTensors).toBe(afterOne)
    await forward.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

// How fast is the machine's affair: one that is held up for a moment measures almost nothing.
it.each([onnxEngine, tfjs])('the speed of $id is measured in GFLOP/s, all of them finite', async (engine) => {
  const speed = await measureEngine(engine)
  for (const value of Object.values(speed)) expect(value).toBeGreaterThan(0)
  for (const value of Object.values(speed)) expect(Number.isFinite(value)).toBe(true)
  console.log(engine.id, JSON.stringify(speed))
})
