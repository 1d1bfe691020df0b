import type { Network, Parameter, Tensors } from '../../network.js'
import { validateNetwork } from '../../validate-network.js'
import type { LoadedNetwork } from '../format.js'
import { decodeOnnxModel } from './decode-model.js'
import { encodeOnnxModel } from './encode-model.js'
import { toOnnxModel } from './encode-network.js'
import type { OnnxModel, OnnxModelNode } from './onnx-model.js'
import { type OnnxTensor, tensorFloats } from './onnx-tensor.js'

/**
 * The network that a model exported by Graft carries in its metadata, with the weights of the file. Null when that
 * network isn't sound or isn't what the file's graph computes (another tool has changed the graph): then the graph
 * itself has to be read.
 */
export function restoreNetwork(described: Network, model: OnnxModel): LoadedNetwork | null {
  try {
    validateNetwork(described)
    const initializers = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]))
    const tensors = weightsOf(described, initializers)
    if (tensors === null || !computesTheSame(described, tensors, model, initializers)) return null
    const parameters = Object.entries(described.parameters).map(([name, parameter]): [string, Parameter] => [
      name,
      { ...parameter, source: { kind: 'blob', blob: '', tensor: name } },
    ])
    return { network: { ...described, parameters: Object.fromEntries(parameters) }, tensors }
  } catch {
    return null
  }
}

function weightsOf(network: Network, initializers: ReadonlyMap<string, OnnxTensor>): Tensors | null {
  const tensors: Tensors = new Map()
  for (const [name, parameter] of Object.entries(network.parameters)) {
    const tensor = initializers.get(name)
    if (tensor?.shape.join() !== parameter.shape.join()) return null
    tensors.set(name, { shape: parameter.shape, data: tensorFloats(tensor) })
  }
  return tensors
}

/**
 * Writing the described network must give the file's nodes and constants; after them only the exported outputs may
 * follow.
 */
function computesTheSame(
  network: Network,
  tensors: Tensors,
  model: OnnxModel,
  initializers: ReadonlyMap<string, OnnxTensor>,
): boolean {
  const { graph } = toOnnxModel(network, tensors)
  const weights = new Set(Object.keys(network.parameters))
  const constants = graph.initializers.filter((tensor) => !weights.has(tensor.name))
  // Encoded and decoded once, floats have the precision that they have in the file.
  const expected = decodeOnnxModel(encodeOnnxModel({ ...model, graph: { ...graph, initializers: constants } })).graph
  const extra = model.graph.nodes.slice(expected.nodes.length)
  const [input] = model.graph.inputs
  return (
    input?.name === network.input.name &&
    JSON.stringify(input.shape?.slice(1)) === JSON.stringify(network.input.shape) &&
    sameNodes(expected.nodes, model.graph.nodes.slice(0, expected.nodes.length)) &&
    extra.every((node) => isExportedOutput(node, network)) &&
    expected.initializers.every((tensor) => sameTensor(tensor, initializers.get(tensor.name)))
  )
}

/** What an export puts behind the network's own nodes: other names, and probabilities. */
function isExportedOutput({ operator, inputs }: OnnxModelNode, { layers, output }: Network): boolean {
  if (['Softmax', 'Sigmoid'].includes(operator)) return inputs[0] === output
  return operator === 'Identity' && (inputs[0] === output || layers.some(({ name }) => name === inputs[0]))
}

function sameNodes(expected: readonly OnnxModelNode[], found: readonly OnnxModelNode[]): boolean {
  return JSON.stringify(expected) === JSON.stringify(found)
}

function sameTensor(expected: OnnxTensor, found: OnnxTensor | undefined): boolean {
  if (found === undefined || found.type !== expected.type || found.shape.join() !== expected.shape.join()) return false
  const [a, b] = [expected.data, found.data]
  return (
    a instanceof Uint8Array &&
    b instanceof Uint8Array &&
    a.length === b.length &&
    a.every((byte, index) => byte === b[index])
  )
}
