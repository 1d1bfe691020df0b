import { float } from '../../python/python.js'
import { numberOf, type TorchCall, type TorchLayer, type TorchOperator } from '../torch-operator.js'
import { options, pair, unless, windowOf } from './window.js'

export const conv: TorchOperator = { name: 'Conv', write: (call) => convolution(call, 'nn.Conv2d', {}) }

/** A class of layers.py, which goes along with networks that have it. */
export const standardisedConv: TorchOperator = {
  name: 'StandardisedConv',
  write: (call) => {
    const extra = {
      epsilon: unless(float(numberOf(call, 'epsilon')), '0.00001'),
      scale: unless(float(numberOf(call, 'scale')), '1.0'),
      gain: call.parameters['gain'] === undefined ? null : 'True',
    }
    return convolution(call, 'StandardisedConv2d', extra)
  },
}

function convolution(call: TorchCall, name: string, extra: Readonly<Record<string, string | null>>): TorchLayer {
  const [outputs = 0, inputs = 0, ...kernel] = call.parameters['weight'] ?? []
  const group = numberOf(call, 'group')
  const { strides, dilations, padding, margins } = windowOf(call, kernel, () => Number.POSITIVE_INFINITY)
  const keywords = options({
    stride: unless(pair(strides), '1'),
    padding: padding === null ? null : unless(pair(padding), '0'),
    dilation: unless(pair(dilations), '1'),
    groups: unless(String(group), '1'),
    bias: call.parameters['bias'] === undefined ? 'False' : null,
    ...extra,
  })
  return {
    module: `${name}(${inputs * group}, ${outputs}, ${pair(kernel)}${keywords})`,
    names: { weight: 'weight', bias: 'bias', gain: 'gain' },
    value: ({ self, inputs: [x] }) =>
      padding === null ? `${self}(F.pad(${x}, (${margins.join(', ')})))` : `${self}(${x})`,
  }
}
