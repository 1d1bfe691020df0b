import type { Operator, Shape, ShapeCall } from '../../operator.js'
import { featureMap } from '../support/shape-support.js'
import { channelsLastValue, firstMap } from '../support/value-support.js'

/** Mean over height and width, keeping both axes with size 1. */
export const globalAveragePool: Operator = {
  name: 'GlobalAveragePool',
  parameters: {},
  arity: 1,
  attributes: {},
  pools: true,
  shape: pooledShape,
  forward: (call) => channelsLastValue(call.tf.mean(firstMap(call), [1, 2], true)),
}

/** Maximum over height and width; the gradient goes to the first of equal maxima. */
export const globalMaxPool: Operator = {
  name: 'GlobalMaxPool',
  parameters: {},
  arity: 1,
  attributes: {},
  pools: true,
  shape: pooledShape,
  forward: (call) => {
    const input = firstMap(call)
    return channelsLastValue(call.tf.maxPool(input, [input.shape[1], input.shape[2]], 1, 'valid'))
  },
}

function pooledShape(call: ShapeCall): Shape {
  const [batch, channels] = featureMap(call)
  return [batch, channels, 1, 1]
}
