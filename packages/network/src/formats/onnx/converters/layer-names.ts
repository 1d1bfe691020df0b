import type { OnnxModelNode } from '../onnx-model.js'

/** Modules that the names of a graph's nodes speak of. */
export interface ModuleNames {
  /** Modules that hold other modules. */
  readonly containers: ReadonlySet<string>
  /** Modules that compute several nodes. */
  readonly crowded: ReadonlySet<string>
}

const weighted = new Set([
  'Conv',
  'Gemm',
  'MatMul',
  'BatchNormalization',
  'LayerNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'PRelu',
])

/**
 * A readable name for the layer of a node: after its weight where that has a telling name (`layer1.0.conv1.weight` ->
 * `layer1.0.conv1`), else after the node (`/layer1/layer1.0/conv1/Conv` -> `layer1.0.conv1`), else after its operator.
 * Where a module computes several nodes, the one with the weight gets its name.
 */
export function layerName(node: OnnxModelNode, weightOrigin: string, modules: ModuleNames): string {
  const fromWeight = /^([A-Za-z_][\w.\-/]*)\.(?:weight|scale|gamma|kernel)$/.exec(weightOrigin)?.[1]
  if (fromWeight !== undefined) return fromWeight
  const { module, leaf } = parseNodeName(node)
  const operator = leaf.toLowerCase()
  if (module === '') return operator
  const ambiguous = modules.containers.has(module) || (modules.crowded.has(module) && !weighted.has(node.operator))
  return ambiguous ? `${module}.${operator}` : module
}

export function moduleNames(nodes: readonly OnnxModelNode[]): ModuleNames {
  const containers = new Set<string>()
  const seen = new Set<string>()
  const crowded = new Set<string>()
  for (const node of nodes) {
    if (node.operator === 'Constant' || node.operator === 'Identity') continue
    const { module } = parseNodeName(node)
    if (seen.has(module)) crowded.add(module)
    seen.add(module)
    for (let end = module.lastIndexOf('.'); end > 0; end = module.lastIndexOf('.', end - 1))
      containers.add(module.slice(0, end))
  }
  return { containers, crowded }
}

/**
 * Splits a node's name into module path and operator. PyTorch repeats the path so far at every level of a container
 * (`/features/features.1/block/block.0/Conv`): such a part continues the one before it instead of nesting in it.
 */
function parseNodeName(node: OnnxModelNode): { readonly module: string; readonly leaf: string } {
  const parts = node.name
    .split('/')
    .map((part) => part.replace(/[^\w.-]+/g, '_'))
    .filter((part) => part !== '')
  const last = parts.at(-1) ?? ''
  const namesOperator = last.toLowerCase().replace(/_\d+$/, '').startsWith(node.operator.toLowerCase())
  const leaf = namesOperator ? last : node.operator
  const path: string[] = []
  for (const part of namesOperator ? parts.slice(0, -1) : parts) {
    if (path.length > 0 && part.startsWith(`${path.at(-1)}.`)) path.pop()
    path.push(part)
  }
  return { module: path.join('.'), leaf }
}
