import { seeTwice, stripHead } from '@graft/network'
import { expect, it } from 'vitest'
import type { Batch } from './engine.js'
import { onnxEngine } from './onnx/onnx-engine.js'
import { pretrainedNetwork, randomBatch } from './testing/test-networks.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'

const { network, tensors } = pretrainedNetwork()
const body = stripHead(network)
const twice = seeTwice(body)
const [, side = 0] = twice.input.shape
const large = randomBatch([2, 3, side, side], 5)
/** What lies in the middle of the large images. */
const middle: Batch = { shape: [2, 3, 64, 64], data: new Float32Array(2 * 3 * 64 * 64) }
const edge = (side - 64) >> 1
for (let plane = 0; plane < 6; plane++)
  for (let y = 0; y < 64; y++)
    middle.data.set(
      large.data.subarray((plane * side + y + edge) * side + edge, (plane * side + y + edge) * side + edge + 64),
      (plane * 64 + y) * 64,
    )

it.each([onnxEngine, createTfjsEngine({ backend: 'wasm' })])(
  'a network that sees twice has, of the middle, the values that it had of the middle alone: $id',
  async (engine) => {
    const both = await engine.forward(twice, { tensors })
    const alone = await engine.forward(body, { tensors })
    const seen = (await both.run(large))[twice.output]
    const known = (await alone.run(middle))[body.output]
    const half = (known?.data.length ?? 0) / 2
    for (const image of [0, 1]) {
      const expected = known?.data.slice(image * half, (image + 1) * half)
      const actual = seen?.data.slice(2 * image * half, (2 * image + 1) * half)
      expect(
        Math.max(...(expected ?? []).map((value, at) => Math.abs(value - (actual?.[at] ?? Number.NaN)))),
      ).toBeLessThan(1e-4)
    }
    await both.dispose()
    await alone.dispose()
  },
)

it('both engines see the same', async () => {
  const values = []
  for (const engine of [onnxEngine, createTfjsEngine({ backend: 'wasm' })]) {
    const forward = await engine.forward(twice, { tensors })
    values.push((await forward.run(large))[twice.output]?.data ?? new Float32Array())
    await forward.dispose()
  }
  const [one = new Float32Array(), other = new Float32Array()] = values
  expect(one.length).toBeGreaterThan(0)
  expect(Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? Number.NaN))))).toBeLessThan(1e-3)
})
