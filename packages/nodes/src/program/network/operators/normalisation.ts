import { float } from '../../python/python.js'
import { axisOf, notInPyTorch, numberOf, type TorchOperator } from '../torch-operator.js'
import { options, unless } from './window.js'

const affine = { scale: 'weight', shift: 'bias' }

export const batchNormalization: TorchOperator = {
  name: 'BatchNormalization',
  write: (call) => {
    const rank = call.inputs[0]?.length ?? 0
    if (rank < 2 || rank > 4) throw notInPyTorch(call, `has an input with ${rank} axes`)
    const share = Number((1 - numberOf(call, 'momentum')).toPrecision(7))
    const keywords = options({
      eps: unless(float(numberOf(call, 'epsilon')), '0.00001'),
      momentum: unless(float(share), '0.1'),
    })
    return {
      module: `nn.BatchNorm${rank === 4 ? 2 : 1}d(${call.inputs[0]?.[1]}${keywords})`,
      names: { ...affine, mean: 'running_mean', variance: 'running_var' },
      value: ({ self, inputs: [x] }) => `${self}(${x})`,
    }
  },
}

export const layerNormalization: TorchOperator = {
  name: 'LayerNormalization',
  write: (call) => {
    const [input = []] = call.inputs
    const sizes = input.slice(axisOf(numberOf(call, 'axis'), input.length))
    const shape = sizes.length === 1 ? String(sizes[0]) : `[${sizes.join(', ')}]`
    const epsilon = float(numberOf(call, 'epsilon'))
    // A layer without shift came to nn.LayerNorm with PyTorch 2.1.
    if (call.parameters['shift'] === undefined)
      return {
        value: ({ inputs: [x], parameter }) =>
          `F.layer_norm(${x}, (${sizes.join(', ')},), ${parameter('scale')}, None, ${epsilon})`,
      }
    return {
      module: `nn.LayerNorm(${shape}${options({ eps: unless(epsilon, '0.00001') })})`,
      names: affine,
      value: ({ self, inputs: [x] }) => `${self}(${x})`,
    }
  },
}

export const instanceNormalization: TorchOperator = {
  name: 'InstanceNormalization',
  write: (call) => {
    const rank = call.inputs[0]?.length ?? 0
    if (rank !== 3 && rank !== 4) throw notInPyTorch(call, `has an input with ${rank} axes`)
    const keywords = options({ eps: unless(float(numberOf(call, 'epsilon')), '0.00001'), affine: 'True' })
    return {
      module: `nn.InstanceNorm${rank - 2}d(${call.inputs[0]?.[1]}${keywords})`,
      names: affine,
      value: ({ self, inputs: [x] }) => `${self}(${x})`,
    }
  },
}

export const groupNormalization: TorchOperator = {
  name: 'GroupNormalization',
  write: (call) => {
    const keywords = options({ eps: unless(float(numberOf(call, 'epsilon')), '0.00001') })
    return {
      module: `nn.GroupNorm(${numberOf(call, 'num_groups')}, ${call.inputs[0]?.[1]}${keywords})`,
      names: affine,
      value: ({ self, inputs: [x] }) => `${self}(${x})`,
    }
  },
}
