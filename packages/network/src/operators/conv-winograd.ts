import type { GraphBuilder, TrainingCall } from '../operator.js'
import type { ConvContext, ConvSizes } from './conv-sizes.js'
import { convSizes } from './conv-sizes.js'
import { firstName, graphMath, parameterName } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { inputMatrix, kernelMatrix, outputMatrix, tilePositions, tilesAlong } from './winograd-matrices.js'

/**
 * 3x3 convolutions over small maps with many channels and their gradients inside a training step, by Winograd's F(4x4, 3x3) (Lavin and Gray 2016): 36
 * matrix products over tiles instead of 9 over pixels. With `I`, `O` and `K` for the matrices that bring maps, results and kernels from and to the other
 * domain, `result = O' (K kernels * I map)`; run backwards, the gradients are `I' (K kernels * O gradient)` and `K' (O gradient * I map)`. So the three
 * share what they have in common: the graph holds equal nodes once. Measured with 512 channels, 7x7, 16 pictures: half the time of the blocked layout's
 * convolutions. Null where this form doesn't suit or pay.
 */
export function winogradConv(call: TrainingCall): string | null {
  const domain = domainOf(call)
  if (domain === null) return null
  const { math, sizes: { batch, outputs, to } } = domain
  const products = math.multiply(mapTiles(domain), kernels(domain), { transB: true })
  const result = math.reshape(fromTiles(domain, products, outputs, outputMatrix), [batch, outputs, ...to])
  const bias = call.parameters['bias']
  return bias === undefined ? result : math.add(result, math.reshape(bias, [outputs, 1, 1]))
}

/** Gradient by the map, `[batch, inputs, height, width]`; null as above. */
export function winogradInput({ call }: ConvContext): string | null {
  const domain = domainOf(call)
  if (domain === null) return null
  const { math, sizes: { batch, inputs, from } } = domain
  return math.reshape(fromTiles(domain, math.multiply(gradientTiles(domain, call.gradient), kernels(domain)), inputs, inputMatrix), [batch, inputs, ...from])
}

/** Gradient by the kernels, `[outputs * inputs, 9]`; for convolutions that `suitsWinograd`. */
export function winogradWeight({ call, math, sizes }: ConvContext): string {
  const { build } = call
  const { inputs, outputs } = sizes
  const domain = { call, build, math, sizes }
  const products = math.multiply(gradientTiles(domain, call.gradient), mapTiles(domain), { transA: true })
  return build.add('Gemm', [math.reshape(products, [tilePositions, outputs * inputs]), kernelConstant(build)], { transA: 1 })
}

interface Domain {
  readonly call: TrainingCall
  readonly build: GraphBuilder
  readonly math: GraphMath
  readonly sizes: ConvSizes
}

function domainOf(call: TrainingCall): Domain | null {
  const sizes = convSizes(call)
  return suitsWinograd(sizes) ? { call, build: call.build, math: graphMath(call.build), sizes } : null
}

/** Whether a convolution of these sizes can be written in this form, and is faster for it, gradients included. */
export const suitsWinograd = (sizes: ConvSizes): boolean => suits(sizes) && pays(sizes)

const suits = ({ groups, kernel, strides, dilations, before, after, unread, from, to }: ConvSizes): boolean =>
  groups === 1 && String([kernel, strides, dilations, before, after, unread, to]) === String([3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, ...from])

/** How much longer a multiplication takes than in a convolution: in products, in changes of domain of maps and kernels; and in the gradients otherwise. */
const slowness = { product: 1.3, map: 1.8, kernel: 2.5, inputOtherwise: 1.1, weightOtherwise: 1.3 } as const

function pays({ batch, inputs, outputs, from: [height, width] }: ConvSizes): boolean {
  const [pixels, tiles, weights] = [height * width, batch * tilesAlong(height) * tilesAlong(width), inputs * outputs]
  const products = slowness.product * 3 * tiles * weights
  const changes = slowness.map * 2 * tiles * pixels * (inputs + outputs) + slowness.kernel * 2 * 9 * weights
  return tilePositions * (products + changes) < 0.8 * (1 + slowness.inputOtherwise + slowness.weightOtherwise) * 9 * batch * pixels * weights
}

/** `[36, tiles, inputs]`, the tiles of all pictures. */
const mapTiles = (domain: Domain): string => toTiles(domain, firstName(domain.call), domain.sizes.inputs, inputMatrix)

/** `[36, tiles, outputs]` */
const gradientTiles = (domain: Domain, gradient: string): string => toTiles(domain, gradient, domain.sizes.outputs, outputMatrix)

/** `[36, outputs, inputs]` */
function kernels({ call, build, math, sizes: { inputs, outputs } }: Domain): string {
  const transformed = build.add('Gemm', [kernelConstant(build), math.reshape(parameterName(call, 'weight'), [outputs * inputs, 9])], { transB: 1 })
  return math.reshape(transformed, [tilePositions, outputs, inputs])
}

type MapMatrix = (height: number, width: number) => Float32Array

function toTiles(domain: Domain, value: string, channels: number, matrix: MapMatrix): string {
  const { build, math, sizes: { batch, from: [height, width] } } = domain
  const tiled = build.add('Gemm', [mapConstant(domain, matrix), math.reshape(value, [batch * channels, height * width])], { transB: 1 })
  return math.reshape(tiled, [tilePositions, batch * tilesAlong(height) * tilesAlong(width), channels])
}

/** `[batch * channels, pixels]` */
function fromTiles(domain: Domain, products: string, channels: number, matrix: MapMatrix): string {
  const { build, math, sizes: { batch, from: [height, width] } } = domain
  const rows = math.reshape(products, [tilePositions * tilesAlong(height) * tilesAlong(width), batch * channels])
  return build.add('Gemm', [rows, mapConstant(domain, matrix)], { transA: 1 })
}

/** `[36 * tiles, pixels]` */
function mapConstant({ build, sizes: { from: [height, width] } }: Domain, matrix: MapMatrix): string {
  return build.floats([tilePositions * tilesAlong(height) * tilesAlong(width), height * width], [...matrix(height, width)])
}

/** `[36, 9]` */
const kernelConstant = (build: GraphBuilder): string => build.floats([tilePositions, 9], [...kernelMatrix()])
