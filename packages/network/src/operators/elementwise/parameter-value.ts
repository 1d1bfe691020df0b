import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { shapeError } from '../support/shape-support.js'
import { plainValue } from '../support/value-support.js'

/**
 * A parameter by itself, the same for every image, for networks that compute with what they learned before an image meets it
 * (SwinV2's biases come from a small network of positions). It has no batch axis. Its input says after which layer it comes, and
 * nothing else: so every layer has its place between the image and the result.
 */
export const parameterValue: Operator = {
  name: 'ParameterValue',
  parameters: {
    weight: { role: 'weight', optional: true },
    value: { role: 'embedding', optional: true },
    constant: { role: 'constant', optional: true },
  },
  arity: 1,
  attributes: {},
  shape: valueShape,
  forward: (call) => plainValue(call.tf.clone(Object.values(call.parameters)[0] ?? call.tf.scalar(0))),
  toOnnx: (call) => [
    { operator: 'Identity', inputs: Object.values(call.parameters).slice(0, 1), outputs: [call.output] },
  ],
}

function valueShape(call: ShapeCall): Shape {
  const [shape, ...more] = Object.values(call.parameters)
  if (shape !== undefined && more.length === 0) return shape
  throw shapeError(call, "exactly one parameter: 'weight', 'value' or 'constant'", 'Give it one.')
}
