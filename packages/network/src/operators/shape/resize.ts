import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Operator, TensorFlow } from '../../operator.js'
import { type AttributedCall, choiceAttribute, flagAttribute, numberAttribute } from '../support/attributes.js'
import { type Interpolation, interpolationMatrix as interpolation } from '../support/interpolation.js'
import { nodeChain } from '../support/onnx-support.js'
import { featureMap, shapeError } from '../support/shape-support.js'
import { channelsLastValue, firstPlain } from '../support/value-support.js'

const modes = ['nearest', 'linear', 'cubic'] as const

/**
 * Scales a feature map to `height` x `width`. With `half_pixel`, pixel centres lie at .5 (ONNX `half_pixel`; nearest
 * rounds
 * `round_prefer_floor`), with `align_corners` both ends lie on each other, otherwise pixels lie at whole numbers (ONNX
 * `asymmetric`; nearest rounds down). `cubic_coeff_a` is the cubic's.
 */
export const resize: Operator = {
  name: 'Resize',
  parameters: {},
  arity: 1,
  attributes: { mode: 'nearest', height: null, width: null, half_pixel: 1, align_corners: 0, cubic_coeff_a: -0.75 },
  shape: (call) => {
    const [batch, channels] = featureMap(call)
    const [height, width] = targetSize(call)
    if ([height, width].every((size) => Number.isInteger(size) && size >= 1)) return [batch, channels, height, width]
    throw shapeError(
      call,
      `a whole height and width of at least 1, not ${height} x ${width}`,
      'Correct the target size.',
    )
  },
  forward: (call) => {
    const { tf } = call
    const [height, width] = targetSize(call)
    const input = firstPlain(call)
    const [, , rows = 1, columns = 1] = input.shape
    // Two products with interpolation matrices: tf.image.resize* has a wrong gradient for half pixel centres.
    const wide = alongLastAxis(tf, input, interpolationMatrix(call, columns, width), columns, width)
    const turned = tf.transpose(wide, [0, 1, 3, 2])
    const tall = alongLastAxis(tf, turned, interpolationMatrix(call, rows, height), rows, height)
    return channelsLastValue(tf.transpose(tall, [0, 3, 2, 1]))
  },
  toOnnx: (call) => {
    const chain = nodeChain(call)
    const coordinates = coordinatesOf(call)
    const mode = choiceAttribute(call, 'mode', modes)
    const leading = chain.add('Shape', call.inputs, { start: 0, end: 2 })
    const sizes = chain.add('Concat', [leading, call.integers('size', targetSize(call))], { axis: 0 })
    return chain.finish('Resize', [...call.inputs, '', '', sizes], {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(mode === 'nearest' ? { nearest_mode: coordinates === 'asymmetric' ? 'floor' : 'round_prefer_floor' } : {}),
      ...(mode === 'cubic' ? { cubic_coeff_a: numberAttribute(call, 'cubic_coeff_a') } : {}),
    })
  },
}

/** Height and width of the result. */
export const targetSize = (call: AttributedCall): readonly [number, number] => [
  numberAttribute(call, 'height'),
  numberAttribute(call, 'width'),
]

function alongLastAxis(tf: TensorFlow, tensor: Tensor, matrix: Float32Array, from: number, to: number): Tensor {
  const product = tf.matMul(tf.reshape(tensor, [-1, from]) as Tensor2D, tf.tensor2d(matrix, [from, to]))
  return tf.reshape(product, [...tensor.shape.slice(0, -1), to])
}

/** `[from, to]`: column j holds the shares of the source pixels in target pixel j. */
export const interpolationMatrix = (call: AttributedCall, from: number, to: number): Float32Array =>
  interpolation(
    {
      mode: choiceAttribute(call, 'mode', modes),
      coordinates: coordinatesOf(call),
      cubic: numberAttribute(call, 'cubic_coeff_a'),
    },
    from,
    to,
  )

function coordinatesOf(call: AttributedCall): Interpolation['coordinates'] {
  if (flagAttribute(call, 'align_corners')) return 'align_corners'
  return flagAttribute(call, 'half_pixel') ? 'half_pixel' : 'asymmetric'
}
