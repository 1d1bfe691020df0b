import { interpolationMatrix, targetSize } from '@graft/network/operators'
import { firstShape, multiplyAlong } from '../support/gradient-support.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const resizeRule: TrainingRule = { operator: 'Resize', gradient: (call) => ({ inputs: [resizeGradient(call)] }) }

/** The two products of the forward pass with the matrices transposed. */
function resizeGradient(call: GradientCall): string {
  const [batch = 1, channels = 1, rows = 1, columns = 1] = firstShape(call)
  const [height, width] = targetSize(call)
  const transposed = (from: number, to: number): number[] => {
    const matrix = interpolationMatrix(call, from, to)
    return Array.from({ length: from * to }, (_, index) => matrix[(index % from) * to + Math.floor(index / from)] ?? 0)
  }
  const narrow = multiplyAlong(call.build, call.gradient, [batch, channels, height, width], 3, {
    rows: width,
    columns,
    values: transposed(columns, width),
  })
  return multiplyAlong(call.build, narrow, [batch, channels, height, columns], 2, {
    rows: height,
    columns: rows,
    values: transposed(rows, height),
  })
}
