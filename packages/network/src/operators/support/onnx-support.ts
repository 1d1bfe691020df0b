import { must } from '@graft/errors'
import type { OnnxCall, OnnxNode, Operator } from '../../operator.js'

/**
 * ONNX nodes of a layer: the operator's own, or one node of the same name, whose trailing optional inputs are left out
 * and whose others have an empty name, as ONNX asks.
 */
export function onnxNodes(operator: Operator, call: OnnxCall): readonly OnnxNode[] {
  if (operator.toOnnx !== undefined) return operator.toOnnx(call)
  const slots = Object.entries(operator.parameters).map(([slot, { optional = false }]) =>
    optional ? (call.parameters[slot] ?? '') : requiredParameter(call, slot),
  )
  const inputs = [...call.inputs, ...slots]
  while (inputs.at(-1) === '') inputs.pop()
  return [{ operator: operator.name, inputs, outputs: [call.output], attributes: call.attributes }]
}

/** Name of the layer's first data input. */
export const firstName = (call: OnnxCall): string => must(call.inputs[0], `the input of layer '${call.layer.name}'`)

/** Initialiser name of a parameter that isn't optional. */
export const requiredParameter = (call: OnnxCall, slot: string): string =>
  must(call.parameters[slot], `the parameter '${slot}' of layer '${call.layer.name}'`)

/** Data inputs, then the parameters that are there, in slot order. */
export function onnxInputs(call: OnnxCall, slots: Operator['parameters']): string[] {
  const parameters = Object.entries(slots).flatMap(([slot, { optional = false }]) =>
    optional ? (call.parameters[slot] ?? []) : requiredParameter(call, slot),
  )
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
