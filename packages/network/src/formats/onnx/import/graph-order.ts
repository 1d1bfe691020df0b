import { FormatError } from '../../../weight-format.js'
import type { OnnxGraph, OnnxModelNode } from '../onnx-model.js'

/**
 * Nodes in an order in which every value is computed before it is used. Throws FormatError for a value computed twice,
 * a value that nothing computes, and a cycle, naming them.
 */
export function orderedNodes(graph: OnnxGraph): readonly OnnxModelNode[] {
  const given = new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.map((tensor) => tensor.name),
  ])
  const producers = findProducers(graph, given)
  if (isOrdered(graph, given, producers)) return graph.nodes
  const waiting = new Map<OnnxModelNode, number>()
  const consumers = new Map<OnnxModelNode, OnnxModelNode[]>(graph.nodes.map((node) => [node, []]))
  for (const node of graph.nodes) {
    const needed = new Set(
      node.inputs.filter((name) => name !== '' && !given.has(name)).map((name) => producerOf(name, node, producers)),
    )
    waiting.set(node, needed.size)
    for (const producer of needed) consumers.get(producer)?.push(node)
  }
  const ordered = graph.nodes.filter((node) => waiting.get(node) === 0)
  for (const node of ordered) {
    for (const consumer of consumers.get(node) ?? []) {
      const left = (waiting.get(consumer) ?? 0) - 1
      waiting.set(consumer, left)
      if (left === 0) ordered.push(consumer)
    }
  }
  if (ordered.length === graph.nodes.length) return ordered
  const stuck = graph.nodes.find((node) => (waiting.get(node) ?? 0) > 0)
  throw new FormatError(
    `The ONNX graph has a cycle through ${describe(stuck)}. Expected every value to be computed from the image in order.`,
    'The file is damaged, export the model again.',
  )
}

/** The standard asks for nodes in order; keeping the file's own order keeps blocks together. */
function isOrdered(
  graph: OnnxGraph,
  given: ReadonlySet<string>,
  producers: ReadonlyMap<string, OnnxModelNode>,
): boolean {
  const known = new Set(given)
  for (const node of graph.nodes) {
    for (const name of node.inputs)
      if (name !== '' && !known.has(name) && producerOf(name, node, producers)) return false
    for (const name of node.outputs) known.add(name)
  }
  return true
}

function findProducers(graph: OnnxGraph, given: ReadonlySet<string>): ReadonlyMap<string, OnnxModelNode> {
  const producers = new Map<string, OnnxModelNode>()
  for (const node of graph.nodes) {
    for (const name of node.outputs.filter((output) => output !== '')) {
      if (producers.has(name) || given.has(name))
        throw new FormatError(
          `The ONNX graph computes the value "${name}" twice (the second time in ${describe(node)}). Expected every value once.`,
          'The file is damaged, export the model again.',
        )
      producers.set(name, node)
    }
  }
  return producers
}

function producerOf(name: string, node: OnnxModelNode, producers: ReadonlyMap<string, OnnxModelNode>): OnnxModelNode {
  const producer = producers.get(name)
  if (producer !== undefined) return producer
  throw new FormatError(
    `The ONNX ${describe(node)} uses the value "${name}", which nothing computes. Expected a graph input, an initialiser or another node's output of that name.`,
    'The file is incomplete, export the model again.',
  )
}

function describe(node: OnnxModelNode | undefined): string {
  return `node "${node?.name || node?.outputs[0] || ''}" (${node?.operator ?? 'unknown'})`
}
