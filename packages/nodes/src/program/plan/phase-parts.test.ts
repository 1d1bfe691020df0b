import { classifierHead, type Layer, type Network } from '@graft/network'
import { expect, it } from 'vitest'
import { train } from '../../library/training/train.js'
import { type Described, torchNetwork } from '../network/torch-network.js'
import { partsOf } from './phase-parts.js'
import type { RecordedTrain } from './record.js'

const layer = (name: string, operator: string, input: string, rest: Partial<Layer> = {}): Layer => ({
  ...{ name, operator, inputs: [input], parameters: {}, attributes: {} },
  ...rest,
})

/** Pooled unevenly, with a window more where images have an odd size. */
const network: Network = {
  format: 'graft-network',
  version: 1,
  name: 'pooled',
  input: { name: 'input', shape: [3, 64, 64] },
  layers: [
    layer('pool', 'MaxPool', 'input', {
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1], ceil_mode: 1 },
    }),
    layer('mean', 'GlobalAveragePool', 'pool'),
    layer('flatten', 'Flatten', 'mean', { attributes: { axis: 1 } }),
    layer('fc', 'Gemm', 'flatten', { parameters: { weight: 'weight', bias: 'bias' }, attributes: { transB: 1 } }),
  ],
  output: 'fc',
  parameters: Object.fromEntries(
    [['weight', [2, 3]] as const, ['bias', [2]] as const].map(([name, shape]) => [
      name,
      { shape, trainable: true, source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 } },
    ]),
  ),
  stages: [
    { name: 'stem', layers: ['pool'] },
    { name: 'head', layers: ['mean', 'flatten', 'fc'] },
  ],
  preprocessing: {
    ...{ height: 64, width: 64, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear', channelOrder: 'rgb' },
    ...{ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  } as Network['preprocessing'],
  head: classifierHead(['ant', 'bee']),
  provenance: { source: 'test', licence: null, history: [] },
}

const parts = (settings: Record<string, unknown>): ReturnType<typeof partsOf> =>
  partsOf({ params: train.params.parse(settings), node: 'fit' } as RecordedTrain, network, torchNetwork(network))

it('has no parts where one form of the network is trained, nor for epochs that are like the last ones', () => {
  expect(parts({ epochs: 6 })).toEqual([])
  // Between 32 and 64 there is no size in steps of 32.
  expect(parts({ epochs: 6, startSize: 32 })).toMatchObject([{ epochs: 2, size: [32, 32] }])
})

it('keep no stages where a library makes a model that does not fall into them', () => {
  const fit = { params: train.params.parse({ epochs: 6, startSize: 32 }), node: 'fit' } as RecordedTrain
  const [{ fixedStages } = { fixedStages: -1 }] = partsOf(fit, network, torchNetwork(network))
  expect(fixedStages).toBe(1)
  expect(partsOf(fit, network, { ...torchNetwork(network), parts: null } as Described)).toMatchObject([
    { fixedStages: 0 },
  ])
})

it('is refused where layers are padded otherwise for smaller images', () => {
  expect(() => parts({ epochs: 6, startSize: 33 })).toThrow(/"fit" begins with images of 33 x 33 pixels/)
})
