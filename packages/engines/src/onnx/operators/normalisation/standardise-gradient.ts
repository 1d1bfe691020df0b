import type { GraphBuilder } from '../support/graph-builder.js'
import { graphMath } from '../support/graph-math.js'

/** The gradient through bringing values to zero mean and unit variance over some axes, given the standardised value and the reciprocal deviation. */
export function standardiseGradient(
  build: GraphBuilder,
  gradient: string,
  standardised: string,
  root: string,
  axes: readonly number[],
): string {
  const math = graphMath(build)
  const alongDeviation = math.mul(standardised, math.mean(math.mul(gradient, standardised), axes))
  return math.mul(math.sub(math.sub(gradient, math.mean(gradient, axes)), alongDeviation), root)
}
