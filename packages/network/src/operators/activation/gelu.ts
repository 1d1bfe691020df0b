import type { Tensor } from '@tensorflow/tfjs-core'
import type { OnnxCall, OnnxNode, Operator, TensorFlow } from '../../operator.js'
import { type AttributedCall, choiceAttribute } from '../support/attributes.js'
import { firstName, nodeChain } from '../support/onnx-support.js'
import { activation } from './activation.js'

/** Exact form x/2 (1 + erf(x/√2)), or the tanh approximation of Hendrycks & Gimpel (arXiv:1606.08415). */
export const gelu: Operator = {
  ...activation('Gelu', { approximate: 'none' }, ({ tf, call }, x) => compute(tf, x, isApproximate(call))),
  toOnnx: geluToOnnx,
}

/** Whether a layer uses the tanh approximation. */
export const isApproximate = (call: AttributedCall): boolean =>
  choiceAttribute(call, 'approximate', ['none', 'tanh']) === 'tanh'

/** Of the approximation: x/2 (1 + tanh(tanhFactor * (x + cubicFactor x³))). */
export const tanhFactor = Math.sqrt(2 / Math.PI)
export const cubicFactor = 0.044715

function compute(tf: TensorFlow, x: Tensor, approximate: boolean): Tensor {
  const gate = approximate
    ? tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), cubicFactor)), tanhFactor))
    : tf.erf(tf.mul(x, Math.SQRT1_2))
  return tf.mul(tf.mul(x, tf.add(gate, 1)), 0.5)
}

/** ONNX has Gelu from opset 20 only; onnxruntime fuses these forms again. */
function geluToOnnx(call: OnnxCall): readonly OnnxNode[] {
  const chain = nodeChain(call)
  const input = firstName(call)
  const constant = (name: string, value: number): string => call.floats(name, [], [value])
  const gate = isApproximate(call)
    ? tanhGate()
    : chain.add('Erf', [chain.add('Div', [input, constant('root', Math.SQRT2)])])
  const opened = chain.add('Add', [gate, constant('one', 1)])
  return chain.finish('Mul', [chain.add('Mul', [input, opened]), constant('half', 0.5)])

  function tanhGate(): string {
    const cube = chain.add('Mul', [chain.add('Mul', [input, input]), input])
    const inner = chain.add('Add', [input, chain.add('Mul', [cube, constant('cubic', cubicFactor)])])
    return chain.add('Tanh', [chain.add('Mul', [inner, constant('factor', tanhFactor)])])
  }
}
