import { cosine, sine } from './angle.js'
import type { Shape } from './shapes.js'

/** Everything inside any of the shapes. */
export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => {
    let distance = Infinity
    for (const shape of shapes) distance = Math.min(distance, shape(x, y))
    return distance
  }
}

/** What is inside both shapes. */
export function intersect(first: Shape, second: Shape): Shape {
  return (x, y) => Math.max(first(x, y), second(x, y))
}

/** The first shape without the second. */
export function subtract(shape: Shape, removed: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -removed(x, y))
}

/** The outline of a shape; `width` is its half thickness. */
export function outline(shape: Shape, width: number): Shape {
  return (x, y) => Math.abs(shape(x, y)) - width
}

/** The shape rotated about a point, in turns, clockwise on screen. */
export function turned(shape: Shape, turns: number, aboutX = 0, aboutY = 0): Shape {
  const c = cosine(turns)
  const s = sine(turns)
  return (x, y) => {
    const offsetX = x - aboutX
    const offsetY = y - aboutY
    return shape(aboutX + c * offsetX + s * offsetY, aboutY - s * offsetX + c * offsetY)
  }
}

/** The shape together with its left-right mirror image. */
export function mirrored(shape: Shape): Shape {
  return (x, y) => Math.min(shape(x, y), shape(-x, y))
}

/** `count` copies of a shape, evenly rotated about the origin. */
export function repeatedAround(shape: Shape, count: number): Shape {
  return union(...Array.from({ length: count }, (_, index) => turned(shape, index / count)))
}
