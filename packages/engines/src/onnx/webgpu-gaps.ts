import { tensorValues } from '@graft/network'
import type { OnnxGraph, OnnxModel, OnnxModelNode } from '@graft/network'

/**
 * Names of the nodes that onnxruntime's WebGPU provider takes but can't compute (1.30), found by the conformance suite:
 * they are run on the processor. A maximum's position it refuses, a power with a whole tensor of exponents fails, and a
 * slice that runs backwards gives wrong values without a word.
 */
export function webgpuGaps({ graph }: OnnxModel): readonly string[] {
  return graph.nodes.filter((node) => isGap(node, graph)).map(({ name }) => name)
}

function isGap(node: OnnxModelNode, graph: OnnxGraph): boolean {
  switch (node.operator) {
    case 'MaxPool':
      return node.outputs.length > 1
    case 'Pow':
      return true
    case 'Slice':
      return runsBackwards(node, graph)
    default:
      return false
  }
}

/** Steps that can't be read are taken for negative ones. */
function runsBackwards({ inputs }: OnnxModelNode, { initializers }: OnnxGraph): boolean {
  const [, , , , steps] = inputs
  if (steps === undefined || steps === '') return false
  const known = initializers.find(({ name }) => name === steps)
  return known === undefined || tensorValues(known).some((step) => Number(step) < 0)
}
