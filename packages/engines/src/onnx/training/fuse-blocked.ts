import { blockedDomain, tensorFloats } from '@graft/network'
import type { OnnxAttribute, OnnxModelNode, OnnxTensor } from '@graft/network'

/** Activations that onnxruntime's blocked convolution applies to its result; each gives the activation's parameters, or null when they aren't constant. */
const activations: Readonly<Record<string, (node: OnnxModelNode, constant: (name: string) => number | null) => readonly number[] | null>> = {
  Relu: () => [],
  Tanh: () => [],
  Sigmoid: () => [],
  Clip: (node, constant) => {
    const limits = node.inputs.slice(1).map(constant)
    return limits.length === 2 && !limits.includes(null) ? limits.map(Number) : null
  },
}

/**
 * Joins every blocked convolution with the addition after it (a residual connection) and with the activation after that, where nothing else reads
 * what lies between: onnxruntime's convolution adds to an existing buffer and applies the activation while its result is in the cache.
 */
export function fuseBlockedConvolutions(nodes: readonly OnnxModelNode[], outputs: ReadonlySet<string>, constants: ReadonlyMap<string, OnnxTensor>): readonly OnnxModelNode[] {
  const byName = new Map([...constants.values()].map(tensor => [tensor.name, tensor]))
  const constant = (name: string): number | null => {
    const tensor = byName.get(name)
    return tensor === undefined || tensor.shape.length > 0 ? null : tensorFloats(tensor)[0] ?? null
  }
  const uses = countUses(nodes)
  const isJoinable = (name: string): boolean => uses.get(name) === 1 && !outputs.has(name)
  const convolutions = new Map<string, OnnxModelNode>()
  const dropped = new Set<OnnxModelNode>()
  const result: OnnxModelNode[] = []
  for (const node of nodes) {
    const joined = isBlockedConvolution(node) ? node : joinAddition(node, convolutions, isJoinable, dropped, constant) ?? joinActivation(node, convolutions, isJoinable, dropped, constant)
    const written = joined ?? node
    if (joined) for (const name of joined.outputs) convolutions.set(name, joined)
    result.push(written)
  }
  return result.filter(node => !dropped.has(node))
}

const isBlockedConvolution = (node: OnnxModelNode): boolean => node.domain === blockedDomain && node.operator === 'Conv'

function joinAddition(
  node: OnnxModelNode,
  convolutions: ReadonlyMap<string, OnnxModelNode>,
  isJoinable: (name: string) => boolean,
  dropped: Set<OnnxModelNode>,
  constant: (name: string) => number | null,
): OnnxModelNode | null {
  if ((node.operator !== 'Add' && node.operator !== 'Sum') || node.domain !== '' || node.inputs.length !== 2 || node.inputs[0] === node.inputs[1]) return null
  const index = node.inputs.findIndex(name => isJoinable(name) && canAdd(convolutions.get(name)))
  const convolution = convolutions.get(node.inputs[index] ?? '')
  const other = node.inputs[1 - index]
  // A single number has no place in the convolution's buffer.
  if (index < 0 || !convolution || other === undefined || constant(other) !== null) return null
  dropped.add(convolution)
  const [x = '', weight = '', bias = ''] = convolution.inputs
  return { ...convolution, inputs: [x, weight, bias, other], outputs: node.outputs }
}

const canAdd = (convolution: OnnxModelNode | undefined): boolean => convolution !== undefined && convolution.inputs.length < 4 && convolution.attributes['activation'] === undefined

function joinActivation(
  node: OnnxModelNode,
  convolutions: ReadonlyMap<string, OnnxModelNode>,
  isJoinable: (name: string) => boolean,
  dropped: Set<OnnxModelNode>,
  constant: (name: string) => number | null,
): OnnxModelNode | null {
  const [input = ''] = node.inputs
  const convolution = convolutions.get(input)
  if (node.domain !== '' || !convolution || convolution.attributes['activation'] !== undefined || !isJoinable(input)) return null
  const parameters = activations[node.operator]?.(node, constant) ?? null
  if (parameters === null) return null
  dropped.add(convolution)
  const activation: Record<string, OnnxAttribute> = { activation: { kind: 'string', value: node.operator } }
  if (parameters.length > 0) activation['activation_params'] = { kind: 'floats', value: [...parameters] }
  return { ...convolution, outputs: node.outputs, attributes: { ...convolution.attributes, ...activation } }
}

function countUses(nodes: readonly OnnxModelNode[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const { inputs } of nodes) for (const name of inputs) uses.set(name, (uses.get(name) ?? 0) + 1)
  return uses
}
