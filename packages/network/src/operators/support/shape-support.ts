import { NetworkError } from '../../network-error.js'
import type { Layer } from '../../network.js'
import type { Shape, ShapeCall } from '../../operator.js'

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`

export const elementCount = (shape: Shape): number => shape.reduce((count, size) => count * size, 1)

/** The three-part message every shape rule throws: what came, what was expected, how to fix it. */
export function shapeError(
  call: { readonly layer: Layer; readonly inputs: readonly Shape[] },
  expected: string,
  fix: string,
): NetworkError {
  const got = call.inputs.map(shapeText).join(' and ')
  return new NetworkError(
    `Layer '${call.layer.name}' (${call.layer.operator}) got ${got || 'nothing'}. Expected ${expected}.`,
    fix,
  )
}

/** The call's only, or first, data input. */
export function firstInput(call: ShapeCall): Shape {
  const [input] = call.inputs
  if (input === undefined)
    throw shapeError(call, 'at least one data input', 'Connect the layer to the layer before it.')
  return input
}

export type MapShape = readonly [batch: number, channels: number, height: number, width: number]

/** The first input as a feature map `[n, c, h, w]`. */
export function featureMap(call: ShapeCall): MapShape {
  const input = firstInput(call)
  if (input.length === 4) return input as unknown as MapShape
  throw shapeError(
    call,
    'a feature map [batch, channels, height, width]',
    'Move the layer before the flattening, or reshape its input to four axes.',
  )
}

/** Turns a possibly negative axis into 0..rank-1 and refuses others. */
export function normaliseAxis(
  call: { readonly layer: Layer; readonly inputs: readonly Shape[] },
  axis: number,
  rank: number,
): number {
  const positive = axis < 0 ? axis + rank : axis
  if (Number.isInteger(axis) && positive >= 0 && positive < rank) return positive
  throw shapeError(call, `an axis between ${-rank} and ${rank - 1}, not ${axis}`, 'Correct the axis of this layer.')
}

/** Checks a parameter's shape; -1 in `expected` accepts any size. */
export function expectParameter(call: ShapeCall, slot: string, expected: Shape): void {
  const actual = call.parameters[slot]
  if (actual === undefined) return
  const fits = actual.length === expected.length && expected.every((size, axis) => size === -1 || size === actual[axis])
  if (fits) return
  const wanted = shapeText(expected).replaceAll('-1', 'any')
  throw shapeError(
    call,
    `parameter '${slot}' of shape ${wanted}, it has ${shapeText(actual)}`,
    'Load weights made for this layer, or correct the layer before it so that the channels agree.',
  )
}

/** A parameter's shape, which must be there. */
export function parameterShape(call: ShapeCall, slot: string): Shape {
  const shape = call.parameters[slot]
  if (shape === undefined)
    throw shapeError(call, `a parameter in slot '${slot}'`, `Give the layer a parameter '${slot}'.`)
  return shape
}

/** numpy broadcasting of two shapes, or null when they don't fit. */
export function broadcastShapes(first: Shape, second: Shape): Shape | null {
  const rank = Math.max(first.length, second.length)
  const sizes = (shape: Shape): number[] => [...Array<number>(rank - shape.length).fill(1), ...shape]
  const [left, right] = [sizes(first), sizes(second)]
  const result: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const [a, b] = [left[axis] ?? 1, right[axis] ?? 1]
    if (a !== b && a !== 1 && b !== 1) return null
    result.push(a === 1 ? b : a)
  }
  return result
}
