import type { OnnxModelNode } from './onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorValues } from './onnx-tensor.js'

/** What a padding of zeros is written with: too small to change a float32 result, and not zero. */
const almostZero = 2 ** -100
const constantName = 'graft/almost-zero'

/** Where padding is part of the operator and counts as zeros, so that an optimiser may move zeros into it. */
const padsWithZeros: ReadonlySet<string> = new Set(['Conv'])

export interface NodesAndConstants {
  readonly nodes: readonly OnnxModelNode[]
  readonly initializers: readonly OnnxTensor[]
}

/**
 * A graph whose paddings with zeros an optimiser leaves alone. onnxruntime moves a Pad of exactly zero into the pooling
 * behind it, also through what it removes between them; but MaxPool pads with minus infinity, and AveragePool refuses a
 * padding as large as its window (pad_fusion.cc, from 1.12 on). So every such Pad of height and width gets a value next
 * to zero, unless only convolutions read it. The nodes stay as many and keep their names.
 */
export function keepPaddings<Graph extends NodesAndConstants>(graph: Graph): Graph {
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]))
  const readers = new Map<string, OnnxModelNode[]>()
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) readers.set(input, [...(readers.get(input) ?? []), node])
  const isEndangered = (node: OnnxModelNode): boolean =>
    padsMapWithZeros(node, constants) &&
    !(readers.get(node.outputs[0] ?? '') ?? []).every(({ operator, domain, inputs }) =>
      domain === '' ? padsWithZeros.has(operator) && inputs[0] === node.outputs[0] : false,
    )
  if (!graph.nodes.some(isEndangered)) return graph
  const kept = (node: OnnxModelNode): OnnxModelNode =>
    isEndangered(node) ? { ...node, inputs: [...node.inputs.slice(0, 2), constantName] } : node
  const fill = float32Tensor(constantName, [], Float32Array.of(almostZero))
  const nodes = graph.nodes.map(kept)
  const fills = new Set(graph.nodes.filter(isEndangered).map(({ inputs }) => inputs[2]))
  const isUnread = ({ name }: OnnxTensor): boolean =>
    fills.has(name) && !nodes.some(({ inputs }) => inputs.includes(name))
  return { ...graph, nodes, initializers: [...graph.initializers.filter((tensor) => !isUnread(tensor)), fill] }
}

/** Is it a Pad that puts zeros around height and width only? Others are not moved. */
function padsMapWithZeros(node: OnnxModelNode, constants: ReadonlyMap<string, OnnxTensor>): boolean {
  if (node.operator !== 'Pad' || node.domain !== '' || node.inputs.length > 3) return false
  const { mode } = node.attributes
  if (mode?.kind === 'string' && mode.value !== 'constant') return false
  const [amounts, fill] = [1, 2].map((index) => constants.get(node.inputs[index] ?? ''))
  if (amounts === undefined || (fill !== undefined && tensorValues(fill)[0] !== 0)) return false
  const pads = tensorValues(amounts)
  const rank = pads.length / 2
  return rank > 2 && [0, 1, rank, rank + 1].every((axis) => pads[axis] === 0)
}
