import { parameterShape } from '../support/gradient-support.js'
import { elementCount } from '@graft/network/operators'
import { blockedDense, blockedDepthwise } from './conv-blocked-gradient.js'
import type { ConvContext, ConvSizes } from './conv-sizes.js'
import { suitsWinograd, winogradWeight } from './conv-winograd.js'
import { depthwiseProducts, overColumns, overImages, overRows } from './weight-products.js'

/**
 * The sum over batch and positions of gradient times the input under each kernel position, in the formulation that was
 * fastest for such sizes (packages/tests/bench/weight-gradients.mjs). The choice goes by sizes alone and not by a
 * measurement on the spot, because another form rounds differently and the same graph must give the same weights
 * everywhere.
 */
export function weightGradient(context: ConvContext): string {
  const { call, math, sizes } = context
  const value = suitsWinograd(sizes)
    ? winogradWeight(context)
    : (blockedDepthwise(context) ?? blockedDense(context) ?? productsFor(sizes)(context))
  return math.reshape(value, parameterShape(call, 'weight'))
}

/** What is fastest without the blocked layout. */
export function productsFor(sizes: ConvSizes): (context: ConvContext) => string {
  const { groups, inputs, kernel } = sizes
  if (groups > 1) return groups === inputs ? depthwiseProducts : overColumns
  if (elementCount(kernel) > 1) return overRows
  return suitsImages(sizes) ? overImages : overColumns
}

/** Fewer pixels make products of single images too small. */
const manyPixels = 100

/**
 * Whether a 1x1 convolution's weight gradient is faster one image at a time: where writing a weight's size per image,
 * and summing that up, is less than turning all values round.
 */
function suitsImages({ inputs, outputs, to }: ConvSizes): boolean {
  const pixels = elementCount(to)
  return pixels > manyPixels && 2 * inputs * outputs <= (inputs + outputs) * pixels
}
