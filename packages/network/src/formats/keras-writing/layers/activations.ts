import type { KerasValue, OperatorWriter, WriteCall } from '../keras-model.js'
import { affine } from './normalisation.js'

const named: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Swish: 'swish',
  Mish: 'mish',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Selu: 'selu',
  Identity: 'linear',
}

export const simpleActivations: OperatorWriter = {
  operators: Object.keys(named),
  write: (call) => call.add('Activation', { activation: named[call.layer.operator] }, call.inputs),
}

export const gelu: OperatorWriter = {
  operators: ['Gelu'],
  write: (call) => {
    if (call.attributes['approximate'] !== 'tanh') return call.add('Activation', { activation: 'gelu' }, call.inputs)
    if (call.dialect === 'tfjs') return call.add('Activation', { activation: 'gelu_new' }, call.inputs)
    return call.add('Gelu', { approximate: true }, call.inputs, {}, 'keras.src.ops.nn')
  },
}

export const clip: OperatorWriter = {
  operators: ['Clip'],
  write: (call) => {
    const { min, max } = call.attributes as Record<string, number>
    if (min !== 0 && call.dialect === 'keras3' && Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) < 1e30)
      return call.add('Clip', { x_min: min, x_max: max }, call.inputs, {}, 'keras.src.ops.numpy')
    if (min !== 0) return call.refuse('it cuts off at another value than 0 from below')
    return call.add('ReLU', Number.isFinite(max) && (max ?? 0) < 1e30 ? { max_value: max } : {}, call.inputs)
  },
}

/** Keras 2 has no layer that takes logarithms. */
export const logarithm: OperatorWriter = {
  operators: ['Log'],
  write: (call) =>
    call.dialect === 'keras3'
      ? call.add('Log', {}, call.inputs, {}, 'keras.src.ops.numpy')
      : call.refuse('Keras 2 has no such layer'),
}

export const leakyRelu: OperatorWriter = {
  operators: ['LeakyRelu'],
  write: (call) => {
    const key = call.dialect === 'tfjs' ? 'alpha' : 'negative_slope'
    return call.add('LeakyReLU', { [key]: call.attributes['alpha'] }, call.inputs)
  },
}

export const elu: OperatorWriter = {
  operators: ['Elu'],
  write: (call) => call.add('ELU', { alpha: call.attributes['alpha'] }, call.inputs),
}

export const softmax: OperatorWriter = {
  operators: ['Softmax'],
  write: (call) => {
    const axis = Number(call.attributes['axis'] ?? -1)
    const rank = call.inputShapes[0]?.length ?? 2
    if (call.inputs[0]?.layout === 'last' || (axis !== -1 && axis !== rank - 1))
      return call.refuse('it is not over the last axis')
    return call.add('Softmax', { axis: -1 }, call.inputs)
  },
}

/** `max(0, min(1, alpha * x + beta))`, in three layers: Keras's own has other numbers in every version. */
function hardSigmoidOf(call: WriteCall, input: KerasValue, alpha: number, beta: number): KerasValue {
  const shape = call.inputShapes[0] ?? []
  const channels = (input.layout === 'last' ? shape[1] : shape.at(-1)) ?? 1
  const moved = affine(
    call,
    input,
    channels,
    () => alpha,
    () => beta,
  )
  return call.add('ReLU', { max_value: 1 }, [moved])
}

export const hardSigmoid: OperatorWriter = {
  operators: ['HardSigmoid', 'HardSwish'],
  write: (call) => {
    const [input] = call.inputs
    if (input === undefined) return call.refuse('it has no input')
    if (call.layer.operator === 'HardSwish')
      return call.add('Multiply', {}, [input, hardSigmoidOf(call, input, 1 / 6, 0.5)])
    const { alpha = 0.2, beta = 0.5 } = call.attributes as Record<string, number>
    return hardSigmoidOf(call, input, alpha, beta)
  },
}
