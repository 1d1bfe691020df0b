import type { AttributeValue, Layer, Network, Tensors } from '../../network.js'
import { NetworkError } from '../../network-error.js'
import type { OnnxCall, OnnxNode, Shape } from '../../operator.js'
import { findOperator } from '../../operators/index.js'
import { onnxNodes } from '../../operators/support/onnx-support.js'
import { inferShapes } from '../../infer-shapes.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { keepPaddings } from './keep-paddings.js'
import { type OnnxModel, type OnnxModelNode, type OnnxValueInfo, typedAttributes } from './onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from './onnx-tensor.js'

export interface OnnxEncodeOptions {
  /** Layers whose values become outputs; default: the network's output. */
  readonly outputs?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly docString?: string
  /** Appends a Softmax over the network's output as one more output, `probabilities`. */
  readonly softmax?: boolean
}

/** The operator set and file version written; both are read by onnxruntime 1.12 and later. */
const opset = 17
const irVersion = 8
const batchAxis = 'N'

/**
 * A network as an ONNX model (opset 17) with constant weights: one float32 input `[N, channels, height, width]`,
 * outputs named as the layers. Throws NetworkError when a wanted layer or a weight is missing.
 */
export function toOnnxModel(network: Network, tensors: Tensors, options: OnnxEncodeOptions = {}): OnnxModel {
  const shapes = inferShapes(network)
  const constants: OnnxTensor[] = []
  const nodes = network.layers.flatMap((layer) => layerNodes(layer, network, shapes, constants))
  const outputs = (options.outputs ?? [network.output]).map((name) => outputInfo(name, name, shapes))
  if (options.softmax === true) {
    nodes.push({
      name: 'probabilities',
      operator: 'Softmax',
      domain: '',
      inputs: [network.output],
      outputs: ['probabilities'],
      attributes: { axis: { kind: 'int', value: -1 } },
    })
    outputs.push(outputInfo('probabilities', network.output, shapes))
  }
  return {
    irVersion,
    producerName: 'graft',
    producerVersion: '0.1.0',
    docString: options.docString ?? '',
    opsetImports: [{ domain: '', version: opset }],
    metadata: options.metadata ?? {},
    graph: keepPaddings({
      name: network.name === '' ? 'network' : network.name,
      nodes,
      initializers: [...usedParameters(network, tensors), ...constants],
      inputs: [{ name: network.input.name, type: 'float32', shape: [batchAxis, ...network.input.shape] }],
      outputs,
    }),
  }
}

/** ONNX nodes of one layer: the operator's own lowering, or one node of the same name. Values keep the layer's name. */
function layerNodes(
  layer: Layer,
  network: Network,
  shapes: ReadonlyMap<string, Shape>,
  constants: OnnxTensor[],
): OnnxModelNode[] {
  const operator = findOperator(layer.operator)
  const inputShapes = layer.inputs.map((name) => shapeOf(name, shapes))
  const call: OnnxCall = {
    layer,
    attributes: resolveAttributes(layer),
    inputs: layer.inputs,
    parameters: layer.parameters,
    output: layer.name,
    inputShapes,
    outputShape: shapeOf(layer.name, shapes),
    integers: (name, values) =>
      addConstant(constants, tensorOf(constantName(layer, name, network), 'int64', [values.length], values)),
    floats: (name, shape, values) =>
      addConstant(constants, float32Tensor(constantName(layer, name, network), shape, Float32Array.from(values))),
  }
  const nodes = onnxNodes(operator, call)
  return nodes.map((node, index) => toModelNode(node, nodes.length === 1 ? layer.name : `${layer.name}/${index}`))
}

function toModelNode(node: OnnxNode, name: string): OnnxModelNode {
  const attributes: [string, AttributeValue | null][] = Object.entries(node.attributes ?? {})
  const present = attributes.filter((entry): entry is [string, AttributeValue] => entry[1] !== null)
  return {
    name,
    operator: node.operator,
    domain: node.domain ?? '',
    inputs: node.inputs,
    outputs: node.outputs,
    attributes: typedAttributes(Object.fromEntries(present)),
  }
}

/** Constants live in the same namespace as layers and parameters. */
function constantName(layer: Layer, name: string, network: Network): string {
  let candidate = `${layer.name}/${name}`
  while (network.parameters[candidate] !== undefined || network.layers.some((other) => other.name === candidate))
    candidate += '_'
  return candidate
}

function addConstant(constants: OnnxTensor[], tensor: OnnxTensor): string {
  constants.push(tensor)
  return tensor.name
}

function usedParameters(network: Network, tensors: Tensors): OnnxTensor[] {
  const used = new Set(network.layers.flatMap((layer) => Object.values(layer.parameters)))
  return [...used].map((name) => {
    const tensor = tensors.get(name)
    if (tensor === undefined)
      throw new NetworkError(
        `Parameter "${name}" has no values. Expected a tensor for every parameter.`,
        `Load the network's weights with loadTensors first.`,
      )
    return float32Tensor(name, tensor.shape, tensor.data)
  })
}

function outputInfo(name: string, layer: string, shapes: ReadonlyMap<string, Shape>): OnnxValueInfo {
  return { name, type: 'float32', shape: [batchAxis, ...shapeOf(layer, shapes).slice(1)] }
}

function shapeOf(name: string, shapes: ReadonlyMap<string, Shape>): Shape {
  const shape = shapes.get(name)
  if (shape === undefined)
    throw new NetworkError(`There is no layer "${name}" in the network.`, 'Name one of its layers (or its input).')
  return shape
}
