import type { AdvicePosition } from '@graft/graph-schema'

export const planeSize = { width: 320, height: 220 } as const

/** Where things stand on the drawing of the plane: much data above, like the source on the left. */
export interface Plane {
  readonly lineX: number
  readonly lineY: number
  readonly at: { readonly x: number; readonly y: number }
  /** From the more similar end to the less similar one. */
  readonly acrossX: readonly [number, number]
  /** From the largest class to the smallest one. */
  readonly acrossY: readonly [number, number]
}

/** Factors of the textbook's number of images that the drawing reaches up and down. */
const reach = 100

/** Lines in the middle, so that four corners of one size hold the textbook's four recipes. */
export function planeOf({ perClass, similarity, lines }: AdvicePosition): Plane {
  const { width, height } = planeSize
  const x = (share: number): number => {
    const towardsOne = (share - lines.similarity) / Math.max(1e-9, 1 - lines.similarity)
    const towardsZero = (lines.similarity - share) / Math.max(1e-9, lines.similarity)
    const offset = share >= lines.similarity ? -inside(towardsOne) : inside(towardsZero)
    return (width / 2) * (1 + offset)
  }
  const y = (pictures: number): number => {
    const offset = Math.log(Math.max(1, pictures) / lines.perClass) / Math.log(reach)
    return (height / 2) * (1 - Math.max(-1, inside(offset)))
  }
  return {
    lineX: width / 2,
    lineY: height / 2,
    at: { x: x(similarity.value), y: y(perClass.middle) },
    acrossX: [x(similarity.high), x(similarity.low)],
    acrossY: [y(perClass.largest), y(perClass.smallest)],
  }
}

const inside = (offset: number): number => Math.min(1, offset)
