import { must } from '@graft/errors'
import { tensorFloats } from '@graft/network'
import type { OnnxAttribute, OnnxModelNode, OnnxTensor } from '@graft/network'
import { blockedDomain } from '../operators/support/blocked-layout.js'

/**
 * Activations that onnxruntime's blocked convolution applies to its result; each gives the activation's parameters, or
 * null when they aren't constant.
 */
const activations: Readonly<Record<string, (node: OnnxModelNode, constant: Constant) => readonly number[] | null>> = {
  Relu: () => [],
  Tanh: () => [],
  Sigmoid: () => [],
  Clip: (node, constant) => {
    const limits = node.inputs.slice(1).map(constant)
    return limits.length === 2 && !limits.includes(null) ? limits.map(Number) : null
  },
}

/**
 * Joins every blocked convolution with the addition after it (a residual connection) and with the activation after
 * that, where nothing else reads what lies between: onnxruntime's convolution adds to an existing buffer and applies
 * the activation while its result is in the cache.
 */
export function fuseBlockedConvolutions(
  nodes: readonly OnnxModelNode[],
  outputs: ReadonlySet<string>,
  constants: ReadonlyMap<string, OnnxTensor>,
): readonly OnnxModelNode[] {
  const byName = new Map([...constants.values()].map((tensor) => [tensor.name, tensor]))
  const constant = (name: string): number | null => {
    const tensor = byName.get(name)
    return tensor === undefined || tensor.shape.length > 0 ? null : (tensorFloats(tensor)[0] ?? null)
  }
  const uses = countUses(nodes)
  const convolutions = new Map<string, OnnxModelNode>()
  const dropped = new Set<OnnxModelNode>()
  const joinable = (name: string): OnnxModelNode | undefined =>
    uses.get(name) === 1 && !outputs.has(name) ? convolutions.get(name) : undefined
  const result = nodes.map((node) => {
    const join = isBlockedConvolution(node)
      ? null
      : (joinAddition(node, joinable, constant) ?? joinActivation(node, joinable, constant))
    if (join) dropped.add(join.replaced)
    const written = join?.node ?? node
    if (isBlockedConvolution(written)) for (const name of written.outputs) convolutions.set(name, written)
    return written
  })
  return result.filter((node) => !dropped.has(node))
}

/** A convolution that has taken over another node's work, and the one it replaces. */
interface Join {
  readonly node: OnnxModelNode
  readonly replaced: OnnxModelNode
}
/** The blocked convolution that computes a value, if only one node reads it. */
type Joinable = (name: string) => OnnxModelNode | undefined
/** The value of a constant without axes. */
type Constant = (name: string) => number | null

const isBlockedConvolution = (node: OnnxModelNode): boolean => node.domain === blockedDomain && node.operator === 'Conv'

function joinAddition(node: OnnxModelNode, joinable: Joinable, constant: Constant): Join | null {
  if (
    (node.operator !== 'Add' && node.operator !== 'Sum') ||
    node.domain !== '' ||
    node.inputs.length !== 2 ||
    node.inputs[0] === node.inputs[1]
  )
    return null
  const index = node.inputs.findIndex((name) => canAdd(joinable(name)))
  const replaced = joinable(node.inputs[index] ?? '')
  const other = node.inputs[1 - index]
  // A single number has no place in the convolution's buffer.
  if (!replaced || other === undefined || constant(other) !== null) return null
  const [x, weight, bias = ''] = replaced.inputs
  const inputs = [must(x, 'the input of a convolution'), must(weight, 'its weight'), bias, other]
  return { node: { ...replaced, inputs, outputs: node.outputs }, replaced }
}

const canAdd = (convolution: OnnxModelNode | undefined): boolean =>
  convolution !== undefined && convolution.inputs.length < 4 && convolution.attributes['activation'] === undefined

function joinActivation(node: OnnxModelNode, joinable: Joinable, constant: Constant): Join | null {
  const replaced = joinable(node.inputs[0] ?? '')
  if (node.domain !== '' || !replaced || replaced.attributes['activation'] !== undefined) return null
  const parameters = activations[node.operator]?.(node, constant) ?? null
  if (parameters === null) return null
  const activation: Record<string, OnnxAttribute> = { activation: { kind: 'string', value: node.operator } }
  if (parameters.length > 0) activation['activation_params'] = { kind: 'floats', value: [...parameters] }
  return {
    node: { ...replaced, outputs: node.outputs, attributes: { ...replaced.attributes, ...activation } },
    replaced,
  }
}

function countUses(nodes: readonly OnnxModelNode[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const { inputs } of nodes) for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1)
  return uses
}
