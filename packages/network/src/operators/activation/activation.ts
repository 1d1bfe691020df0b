import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, TensorFlow } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { firstInput } from '../support/shape-support.js'
import { firstValue, mapValue } from '../support/value-support.js'

export interface ActivationCall {
  readonly tf: TensorFlow
  readonly call: ForwardCall
  /** An attribute that is a number. */
  value(attribute: string): number
}

/**
 * A function of single values, finite at 0 with its derivative. ONNX has it under the same name, with the same
 * attributes, unless `toOnnx` is added.
 * @param attributes with their defaults
 */
export function activation(
  name: string,
  attributes: Operator['attributes'],
  compute: (context: ActivationCall, x: Tensor) => Tensor,
): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes,
    finiteAtZero: true,
    shape: firstInput,
    reach: () => ({ mixes: [] }),
    forward: (call) =>
      mapValue(firstValue(call), (x) =>
        compute({ tf: call.tf, call, value: (attribute) => numberAttribute(call, attribute) }, x),
      ),
  }
}

export const negativePart = (tf: TensorFlow, x: Tensor): Tensor => tf.neg(tf.relu(tf.neg(x)))
