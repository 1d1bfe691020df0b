import type { Preprocessing } from '../../../network.js'
import type { NodeList } from './node-list.js'

/** Pillow's weights are whole numbers of this unit. */
const precision = 22
const unit = 2 ** precision
/** What is added to the highest byte, so that it is never negative: a weight is no less than -1. */
const highest = unit / 2 ** 16

/** One axis of a resize: whole numbers by name, as ONNX values. */
export interface ResizedAxis {
  /** Place of the axis in `[N, channels, height, width]`. */
  readonly axis: 2 | 3
  /** int64 `[1]`: pixels of the image, and of the whole resized image. */
  readonly from: string
  readonly to: string
  /** double `[1]`: where the part that is kept begins. */
  readonly corner: string
  /** Pixels that are kept. */
  readonly kept: number
}

/**
 * Resizes bytes `[N, channels, height, width]` along one axis exactly as Pillow does: weights in double precision,
 * rounded to 22 bits, whole-number sums, rounded to bytes. ONNX's own Resize has the scale as float32, and rounds one byte
 * in some thousands otherwise. The weights are split into three bytes, so that MatMulInteger adds them up without an
 * error. Source: Pillow, src/libImaging/Resample.c.
 */
export function resizeExactly(
  list: NodeList,
  bytes: string,
  axis: ResizedAxis,
  interpolation: Preprocessing['interpolation'],
): string {
  const [high, middle, low] = bytesOf(list, weightsOf(list, axis, interpolation))
  const zero = list.constant('uint8', [0], [])
  const shifted = list.constant('uint8', [highest], [])
  const product = (part: string, zeroPoint: string): string =>
    axis.axis === 3
      ? list.add('MatMulInteger', [bytes, part, zero, zeroPoint])
      : list.add('MatMulInteger', [part, bytes, zeroPoint, zero])
  const scaled = (value: string, factor: number): string => list.add('Mul', [value, list.constant('int32', [factor])])
  const upper = list.add('Add', [scaled(product(high, shifted), 2 ** 16), scaled(product(middle, zero), 2 ** 8)])
  const sum = list.add('Add', [upper, product(low, zero)])
  const rounded = list.add('Add', [sum, list.constant('int32', [unit / 2])])
  const whole = list.add('Div', [rounded, list.constant('int32', [unit])])
  const atLeast = list.add('Max', [whole, list.constant('int32', [0])])
  const limited = list.add('Min', [atLeast, list.constant('int32', [255])])
  return list.add('Cast', [limited], { to: uint8 })
}

/** Element types of ONNX. */
const [uint8, double] = [2, 11]

/** Weights in Pillow's units, double: `[pixels, kept]` for columns, `[kept, pixels]` for rows. */
function weightsOf(list: NodeList, { axis, from, to, corner, kept }: ResizedAxis, interpolation: string): string {
  const [along, across] = axis === 3 ? [1, 0] : [0, 1]
  const number = (value: number): string => list.constant('float64', [value])
  const size = list.add('Cast', [from], { to: double })
  const scale = list.add('Div', [size, list.add('Cast', [to], { to: double })])
  const filterScale = list.add('Max', [scale, number(1)])
  const places = Array.from({ length: kept }, (_, index) => index + 0.5)
  const outputs = list.constant('float64', places, along === 1 ? [1, kept] : [kept, 1])
  const centres = list.add('Mul', [list.add('Add', [outputs, corner]), scale])
  const scalar = list.add('Squeeze', [size])
  const counted = list.add('Range', [list.constant('float64', [0], []), scalar, list.constant('float64', [1], [])])
  const pixels = list.add('Unsqueeze', [counted, list.constant('int64', [1 - across])])
  const apart = list.add('Sub', [list.add('Add', [pixels, number(0.5)]), centres])
  const distance = list.add('Abs', [list.add('Div', [apart, filterScale])])
  const weights = interpolation === 'bilinear' ? linear(list, distance) : cubic(list, distance)
  const sum = list.add('ReduceSum', [weights, list.constant('int64', [across])], { keepdims: 1 })
  const shares = list.add('Mul', [list.add('Div', [weights, sum]), number(unit)])
  // Rounded to the nearest, halves away from zero.
  const halved = list.add('Add', [list.add('Abs', [shares]), number(0.5)])
  return list.add('Mul', [list.add('Sign', [shares]), list.add('Floor', [halved])])
}

/** `max(0, 1 - x)` */
function linear(list: NodeList, distance: string): string {
  const falling = list.add('Sub', [list.constant('float64', [1]), distance])
  return list.add('Max', [falling, list.constant('float64', [0])])
}

/** Keys' cubic with a = -0.5, both of its pieces, each of which is 0 where it ends. */
function cubic(list: NodeList, distance: string): string {
  const number = (value: number): string => list.constant('float64', [value])
  const polynomial = (x: string, factors: readonly number[]): string =>
    factors
      .slice(1)
      .reduce(
        (value, factor) => list.add('Add', [list.add('Mul', [value, x]), number(factor)]),
        number(factors[0] ?? 0),
      )
  const near = list.add('Min', [distance, number(1)])
  const far = list.add('Max', [list.add('Min', [distance, number(2)]), number(1)])
  return list.add('Add', [polynomial(near, [1.5, -2.5, 0, 1]), polynomial(far, [-0.5, 2.5, -4, 2])])
}

/** Three bytes of every weight, the highest first, `highest` added to that. */
function bytesOf(list: NodeList, weights: string): readonly [string, string, string] {
  const number = (value: number): string => list.constant('float64', [value])
  const positive = list.add('Add', [weights, number(unit)])
  const high = list.add('Floor', [list.add('Mul', [positive, number(2 ** -16)])])
  const rest = list.add('Sub', [positive, list.add('Mul', [high, number(2 ** 16)])])
  const middle = list.add('Floor', [list.add('Mul', [rest, number(2 ** -8)])])
  const low = list.add('Sub', [rest, list.add('Mul', [middle, number(2 ** 8)])])
  const byte = (value: string): string => list.add('Cast', [value], { to: uint8 })
  return [byte(high), byte(middle), byte(low)]
}
