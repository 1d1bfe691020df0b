import type { OnnxCall, OnnxNode, Operator } from '../operator.js'

/** Data inputs, then the parameters that are there, in slot order. */
export function onnxInputs(call: OnnxCall, slots: Operator['parameters']): string[] {
  const parameters = Object.keys(slots).flatMap((slot) => call.parameters[slot] ?? [])
  return [...call.inputs, ...parameters]
}

/** Builds a chain of nodes: each call adds one node and returns the name of its result. */
export function nodeChain(call: OnnxCall): {
  readonly nodes: OnnxNode[]
  add(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes']): string
  /** Like `add`, for the node that computes the layer's own value. */
  finish(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes']): readonly OnnxNode[]
} {
  const nodes: OnnxNode[] = []
  const push = (
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: OnnxNode['attributes'] = {},
  ): string => {
    nodes.push({ operator, inputs, outputs: [output], attributes })
    return output
  }
  return {
    nodes,
    add: (operator, inputs, attributes) =>
      push(operator, inputs, `${call.output}/${nodes.length}_${operator}`, attributes),
    finish: (operator, inputs, attributes) => {
      push(operator, inputs, call.output, attributes)
      return nodes
    },
  }
}
