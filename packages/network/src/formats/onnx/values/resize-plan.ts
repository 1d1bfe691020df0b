import type { Shape } from '../../../operator.js'
import type { Interpolation } from '../../../operators/support/interpolation.js'
import { axisOf } from './fold-support.js'
import type { NodeCall } from './node-call.js'

/** What a Resize or Upsample node does: the size of every axis afterwards, and how values are read. */
export interface ResizePlan extends Omit<Interpolation, 'scale'> {
  readonly sizes: readonly number[]
  /** By axis, where the file gives scales; they may differ from the ratio of the sizes. */
  readonly scales: readonly number[] | null
}

/** Reads a Resize or Upsample node. Throws FormatError for what is rounded, cropped or filtered in another way. */
export function resizeOf(call: NodeCall, shape: Shape): ResizePlan {
  const mode = call.text('mode', 'nearest')
  if (call.integer('antialias', 0) === 1) throw call.refuse('resizes with antialiasing', 'Export it without.')
  if (call.integer('exclude_outside', 0) === 1)
    throw call.refuse('resizes without what is outside', 'Export it with exclude_outside = 0.')
  if (call.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw call.refuse('resizes with the aspect ratio kept', 'Export it with fixed sizes.')
  const known = ({ nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic' } as const)[mode]
  if (known === undefined)
    throw call.refuse(
      `resizes with mode "${mode}"`,
      'Supported are nearest, linear and cubic: export with one of them.',
    )
  const { sizes, scales } = sizesOf(call, shape)
  return {
    mode: known,
    sizes,
    scales,
    coordinates: coordinatesOf(call, known, shape, sizes),
    cubic: call.float('cubic_coeff_a', -0.75),
  }
}

const isOlder = (call: NodeCall): boolean => call.node.operator === 'Upsample' || call.opset < 11

function coordinatesOf(
  call: NodeCall,
  mode: Interpolation['mode'],
  from: Shape,
  to: readonly number[],
): Interpolation['coordinates'] {
  const written = call.text('coordinate_transformation_mode', isOlder(call) ? 'asymmetric' : 'half_pixel')
  const rounding = call.text('nearest_mode', isOlder(call) ? 'floor' : 'round_prefer_floor')
  const changed = to.flatMap((size, axis) => (size === from[axis] ? [] : [axis]))
  const halfPixel =
    written === 'half_pixel' || (written === 'pytorch_half_pixel' && changed.every((axis) => (to[axis] ?? 1) > 1))
  const enlargesEvenly = changed.every((axis) => Number.isInteger((to[axis] ?? 1) / (from[axis] ?? 1)))
  const fits =
    mode !== 'nearest' ||
    (halfPixel
      ? rounding === 'round_prefer_floor' || enlargesEvenly
      : rounding === (written === 'asymmetric' ? 'floor' : 'round_prefer_floor'))
  if (fits && halfPixel) return 'half_pixel'
  if (fits && (written === 'asymmetric' || written === 'align_corners')) return written
  throw call.refuse(
    `resizes with coordinates "${written}" and rounding "${rounding}"`,
    'Supported are half_pixel and align_corners (round_prefer_floor), and asymmetric (floor).',
  )
}

/** Inputs are (x, scales) up to opset 10 and (x, roi, scales, sizes) after; from opset 18 they may name some axes only. */
function sizesOf(call: NodeCall, shape: Shape): Pick<ResizePlan, 'sizes' | 'scales'> {
  const axes = call.list('axes')?.map((axis) => axisOf(call, axis, shape.length)) ?? shape.map((_, axis) => axis)
  const given = isOlder(call) ? null : call.constant(3)
  const sizes = given === null || given.read().length === 0 ? null : [...given.read()]
  const scales = sizes === null ? (call.list('scales') ?? [...call.required(isOlder(call) ? 1 : 2).read()]) : null
  const perAxis = (values: readonly number[], standard: (axis: number) => number): number[] =>
    shape.map((_, axis) => (axes.includes(axis) ? (values[axes.indexOf(axis)] ?? standard(axis)) : standard(axis)))
  if (sizes !== null) return { sizes: perAxis(sizes, (axis) => shape[axis] ?? 1), scales: null }
  const factors = perAxis(scales ?? [], () => 1)
  return { sizes: shape.map((size, axis) => Math.floor(size * (factors[axis] ?? 1) + 1e-6)), scales: factors }
}
