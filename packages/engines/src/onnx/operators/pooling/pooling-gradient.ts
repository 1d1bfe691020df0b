import { must } from '@graft/errors'
import type { OnnxNode } from '@graft/network'
import { elementCount, flagAttribute, listAttribute } from '@graft/network/operators'
import { firstName, firstShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingCall } from '../support/training-rule.js'

/**
 * Sends every window's gradient to its maximum (the first of equal ones); `indices` count through the whole input, as
 * ONNX MaxPool gives them.
 */
export function maxPoolGradient(call: GradientCall, indices: string): string {
  const math = graphMath(call.build)
  const shape = firstShape(call)
  const zeros = math.expand(call.build.floats([], [0]), [elementCount(shape)])
  const scattered = call.build.add(
    'ScatterElements',
    [zeros, math.reshape(indices, [-1]), math.reshape(call.gradient, [-1])],
    { axis: 0, reduction: 'add' },
  )
  return math.reshape(scattered, shape)
}

/**
 * Spreads every window's gradient evenly; `correction` per position is the kernel's area over the number of counted
 * pixels, or null where that is 1.
 */
export function averagePoolGradient(call: GradientCall, correction: readonly number[] | null): string {
  const math = graphMath(call.build)
  const [batch = 1, channels = 1, height = 1, width = 1] = firstShape(call)
  const [, , rows = 1, columns = 1] = call.outputShape
  const kernel = listAttribute(call, 'kernel_shape')
  const strides = listAttribute(call, 'strides')
  const pads = listAttribute(call, 'pads')
  const area = elementCount(kernel)
  const share =
    correction === null
      ? math.div(call.gradient, area)
      : math.mul(
          call.gradient,
          call.build.floats(
            [1, 1, rows, columns],
            correction.map((factor) => factor / area),
          ),
        )
  const tiles =
    kernel.every((size, axis) => size === strides[axis]) &&
    pads.every((pad) => pad === 0) &&
    rows * (kernel[0] ?? 1) === height &&
    columns * (kernel[1] ?? 1) === width
  if (tiles) {
    const cells = math.reshape(share, [batch, channels, rows, 1, columns, 1])
    return math.reshape(math.expand(cells, [batch, channels, rows, kernel[0] ?? 1, columns, kernel[1] ?? 1]), [
      batch,
      channels,
      height,
      width,
    ])
  }
  const ones = call.build.floats([1, 1, ...kernel], new Array<number>(area).fill(1))
  const reach = [rows, columns].map(
    (count, axis) =>
      (count - 1) * (strides[axis] ?? 1) + (kernel[axis] ?? 1) - (pads[axis] ?? 0) - ([height, width][axis] ?? 1),
  )
  const attributes = {
    strides,
    kernel_shape: kernel,
    pads: [pads[0] ?? 0, pads[1] ?? 0, ...reach.map((pixels) => Math.max(0, pixels))],
    output_padding: reach.map((pixels) => Math.max(0, -pixels)),
  }
  // Every channel is an image of its own: one kernel serves all.
  const planes = math.reshape(share, [batch * channels, 1, rows, columns])
  return math.reshape(call.build.add('ConvTranspose', [planes, ones], attributes), [batch, channels, height, width])
}

/** A max pooling's value, and where in the whole input each maximum lies. */
export interface MaximaWithIndices {
  readonly maxima: string
  readonly indices: string
}

/** MaxPool with its second output, where each maximum lies. */
export function maxPoolWithIndices(call: TrainingCall): MaximaWithIndices {
  return withIndices(call, {
    kernel_shape: listAttribute(call, 'kernel_shape'),
    strides: listAttribute(call, 'strides'),
    pads: listAttribute(call, 'pads'),
    dilations: listAttribute(call, 'dilations'),
    ceil_mode: flagAttribute(call, 'ceil_mode') ? 1 : 0,
  })
}

/** A window over the whole map. */
export const wholeMapMaximum = (call: TrainingCall): MaximaWithIndices =>
  withIndices(call, { kernel_shape: firstShape(call).slice(2) })

function withIndices(call: TrainingCall, attributes: OnnxNode['attributes']): MaximaWithIndices {
  const [maxima, indices] = call.build.addMany('MaxPool', [firstName(call)], 2, attributes)
  return { maxima: must(maxima, 'the maxima of a MaxPool'), indices: must(indices, 'the indices of a MaxPool') }
}
