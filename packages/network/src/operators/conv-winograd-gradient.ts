import type { ConvContext, ConvSizes } from './conv-sizes.js'
import { firstName } from './gradient-support.js'
import { inputMatrix, kernelMatrix, outputMatrix, tilePositions, tilesAlong } from './winograd-matrices.js'

/**
 * The weight gradient of 3x3 convolutions over small maps with many channels, by Winograd's F(4x4, 3x3) run backwards (Lavin and Gray 2016): where the
 * result is `output' ((kernels' weights) * (input' map))`, the gradient is `kernels ((output gradient) * (input' map))` summed over tiles and pictures: 36
 * matrix products over tiles instead of 9 over pixels. All three changes of domain are products with a constant matrix. Measured (512 channels, 7x7, 16
 * pictures): half the time of the blocked form; with 256 channels over 14x14 it gains nothing. `[outputs, inputs * 9]`; null where it doesn't suit or pay.
 */
export function winogradWeight({ call, math, sizes }: ConvContext): string | null {
  if (!suits(sizes) || !pays(sizes)) return null
  const { batch, inputs, outputs, from: [height, width] } = sizes
  const tiles = tilesAlong(height) * tilesAlong(width)
  const inTiles = (value: string, channels: number, matrix: Float32Array): string => {
    const constant = call.build.floats([tilePositions * tiles, height * width], [...matrix])
    const product = call.build.add('Gemm', [constant, math.reshape(value, [batch * channels, height * width])], { transB: 1 })
    return math.reshape(product, [tilePositions, tiles * batch, channels])
  }
  const gradient = inTiles(call.gradient, outputs, outputMatrix(height, width))
  const products = math.multiply(gradient, inTiles(firstName(call), inputs, inputMatrix(height, width)), { transA: true })
  return call.build.add('Gemm', [math.reshape(products, [tilePositions, outputs * inputs]), call.build.floats([tilePositions, 9], [...kernelMatrix()])], { transA: 1 })
}

const suits = ({ groups, kernel, strides, dilations, before, after, unread, from, to }: ConvSizes): boolean =>
  groups === 1 && String([kernel, strides, dilations, before, after, unread, to]) === String([3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, ...from])

/** How much longer a multiplication takes than in a convolution: in the products, in the changes of domain before and after them, in other forms of this gradient. */
const slowness = { product: 1.3, before: 1.8, after: 2.5, otherwise: 1.3 } as const

function pays({ batch, inputs, outputs, from: [height, width] }: ConvSizes): boolean {
  const [pixels, tiles, weights] = [height * width, batch * tilesAlong(height) * tilesAlong(width), inputs * outputs]
  const products = slowness.product * tiles * weights
  const changes = slowness.before * tiles * pixels * (inputs + outputs) + slowness.after * 9 * weights
  return tilePositions * (products + changes) < 0.8 * slowness.otherwise * 9 * batch * pixels * weights
}
