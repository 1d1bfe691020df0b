import type { LogisticProblem } from './logistic-problem.js'
import { dot } from '../matrix/row-matrix.js'

/** A line to search: from `x` along `direction`, in parameters and in logits. */
export interface Line {
  readonly problem: Pick<LogisticProblem, 'loss' | 'penalty'>
  readonly x: Float64Array
  readonly direction: Float64Array
  /** Logits at `x`; those at the point found, afterwards. */
  readonly logits: Float64Array
  /** How they change along the direction. */
  readonly along: Float64Array
  /** Becomes the gradient by the logits at the point found. */
  readonly byLogits: Float64Array
  readonly weightCount: number
  readonly gradient: Float64Array
}

/** Share of the slope at the start that may be left at the point found. */
const slopeLeft = 0.1
const mostTries = 40

/**
 * A point where the slope along the line is nearly gone; null when the direction doesn't go down. The function is
 * convex, so its slope rises along the line: the point is bracketed, and cut in on with the secant.
 */
export function searchLine(line: Line): { readonly step: number; readonly objective: number } | null {
  const { problem, x, direction, logits, along, byLogits, weightCount, gradient } = line
  const slope = dot(gradient, 0, direction, 0, gradient.length)
  if (!(slope < 0)) return null
  const [xx, xd, dd] = [
    dot(x, 0, x, 0, weightCount),
    dot(x, 0, direction, 0, weightCount),
    dot(direction, 0, direction, 0, weightCount),
  ]
  const moved = new Float64Array(logits.length)
  let low = { at: 0, slope }
  let high: { readonly at: number; readonly slope: number } | null = null
  let step = 1
  for (let tries = 1; ; tries++) {
    for (let k = 0; k < moved.length; k++) moved[k] = logits[k]! + step * along[k]!
    const loss = problem.loss(moved, byLogits)
    const here = dot(byLogits, 0, along, 0, along.length) + problem.penalty * (xd + step * dd)
    if (Math.abs(here) <= slopeLeft * Math.abs(slope) || tries === mostTries) {
      logits.set(moved)
      return { step, objective: loss + (problem.penalty / 2) * (xx + 2 * step * xd + step * step * dd) }
    }
    if (here < 0) low = { at: step, slope: here }
    else high = { at: step, slope: here }
    step = high ? between(low, high) : beyond(low, slope)
  }
}

interface Place {
  readonly at: number
  readonly slope: number
}

/** Where the secant through both slopes meets zero, a tenth of the way from either end at least. */
function between(low: Place, high: Place): number {
  const share = low.slope / (low.slope - high.slope)
  return low.at + (high.at - low.at) * Math.min(0.9, Math.max(0.1, share))
}

function beyond({ at, slope }: Place, start: number): number {
  const secant = at * (start / (start - slope))
  return slope > start ? Math.min(10 * at, Math.max(1.2 * at, secant)) : 4 * at
}
