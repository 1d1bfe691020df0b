import { decodeOnnxModel, encodeOnnxModel, toOnnxModel } from '@graft/network'
import * as runtime from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { pretrainedNetwork, randomBatch } from '../testing/test-networks.js'
import { withWeightsBeside } from './weights-beside.js'

it('large weights lie beside the model, small ones in it, and onnxruntime computes the same as with all of them in it', async () => {
  const { network, tensors } = pretrainedNetwork()
  const model = toOnnxModel(network, tensors)
  const { model: bytes, externalData } = withWeightsBeside(model)
  const inside = decodeOnnxModel(bytes).graph.initializers
  expect(inside.map(({ shape }) => shape)).toEqual(model.graph.initializers.map(({ shape }) => shape))
  expect(externalData.length).toBeGreaterThan(5)
  expect(inside.filter(({ data }) => !(data instanceof Uint8Array)).map(({ data }) => data)).toEqual(
    externalData.map(({ path, data }) => ({ location: path, offset: 0, length: data.length })),
  )
  const batch = randomBatch([2, 3, 64, 64], 5)
  const results = await Promise.all(
    [
      { bytes, externalData: [...externalData] },
      { bytes: encodeOnnxModel(model), externalData: [] },
    ].map(async (side) => {
      const session = await runtime.InferenceSession.create(side.bytes, { externalData: side.externalData })
      const result = await session.run({
        [network.input.name]: new runtime.Tensor('float32', batch.data, [...batch.shape]),
      })
      await session.release()
      return result[network.output]?.data as Float32Array
    }),
  )
  expect(results[0]).toEqual(results[1])
})
