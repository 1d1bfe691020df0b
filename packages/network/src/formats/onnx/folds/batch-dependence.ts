import { isBatchMultiple } from '../values/fold-support.js'
import { type Constant, isFloat } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** Shapes are short lists; longer constants are weights, which don't hold sizes. */
const longestShape = 64

/** Operators whose later inputs say how many elements there are, not which values they have. */
const shaping = new Set(['Expand', 'Tile', 'Reshape', 'Slice', 'Squeeze', 'Unsqueeze', 'Gather'])

/**
 * Follows floating-point numbers computed from the number of images in a batch (such as 1 / N). Sizes may contain it,
 * since reshapes are written without it; a number that images are computed with may not.
 */
export class BatchDependence {
  private readonly dependent = new WeakSet<Constant>()

  /** Marks the results of a folded node that come from the batch size; returns them. */
  follow(call: NodeCall, results: readonly Constant[]): readonly Constant[] {
    const sources =
      call.node.operator === 'ConstantOfShape'
        ? []
        : shaping.has(call.node.operator)
          ? call.inputs.slice(0, 1)
          : call.inputs
    if (sources.some((value) => value?.kind === 'constant' && this.depends(value))) {
      for (const result of results) if (isFloat(result.type)) this.dependent.add(result)
    }
    return results
  }

  /** Throws FormatError when a node computes images with a number that depends on how many there are. */
  refuseIn(call: NodeCall): void {
    const found = call.inputs.find((value) => value?.kind === 'constant' && isFloat(value.type) && this.depends(value))
    if (found)
      throw call.refuse(
        'computes with the batch size',
        'Results must not depend on how many images are run together: export the model with a fixed formula.',
      )
  }

  private depends(value: Constant): boolean {
    if (this.dependent.has(value)) return true
    const count = value.shape.reduce((product, size) => product * size, 1)
    return !isFloat(value.type) && count <= longestShape && value.read().some(isBatchMultiple)
  }
}
