import type { OnnxModelNode } from '../onnx-model.js'

/**
 * A readable name for the layer of a node: after its weight where that has a telling name (`layer1.0.conv1.weight` -> `layer1.0.conv1`), else after
 * the node (`/layer1/layer1.0/conv1/Conv` -> `layer1.0.conv1`), else after its operator.
 */
export function layerName(node: OnnxModelNode, weightOrigin: string, containers: ReadonlySet<string>): string {
  const fromWeight = /^([A-Za-z_][\w.\-/]*)\.(?:weight|scale|gamma|kernel)$/.exec(weightOrigin)?.[1]
  if (fromWeight !== undefined) return fromWeight
  const { module, leaf } = parseNodeName(node)
  const operator = leaf.toLowerCase()
  if (module === '') return operator
  return containers.has(module) ? `${module}.${operator}` : module
}

/** Module paths that other modules or several nodes lie under; their name alone would say too little. */
export function containersOf(nodes: readonly OnnxModelNode[]): ReadonlySet<string> {
  const containers = new Set<string>()
  for (const node of nodes) {
    const parts = parseNodeName(node).module.split('.')
    for (let length = 1; length < parts.length; length++) containers.add(parts.slice(0, length).join('.'))
  }
  return containers
}

/** Hands out names once. */
export class UniqueNames {
  private readonly taken = new Set<string>()
  private readonly counts = new Map<string, number>()

  /** `name`, or `name_2`, `name_3`, ... if it is taken; takes it. */
  take(name: string): string {
    let candidate = name
    while (this.taken.has(candidate)) {
      const count = (this.counts.get(name) ?? 1) + 1
      this.counts.set(name, count)
      candidate = `${name}_${count}`
    }
    this.taken.add(candidate)
    return candidate
  }
}

/**
 * Splits a node's name into module path and operator. PyTorch repeats the path so far at every level of a container
 * (`/features/features.1/block/block.0/Conv`): such a part continues the one before it instead of nesting in it.
 */
function parseNodeName(node: OnnxModelNode): { readonly module: string; readonly leaf: string } {
  const parts = node.name.split('/').map((part) => part.replace(/[^\w.-]+/g, '_')).filter((part) => part !== '')
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
