import { FormatError } from '../../../weight-format.js'
import type { OnnxModel, OnnxModelNode, OnnxValueInfo } from '../onnx-model.js'
import { elementCount, type OnnxTensorType } from '../onnx-tensor.js'
import { BatchDependence } from '../folds/batch-dependence.js'
import { attentionConverters } from '../converters/convert-attention.js'
import { elementwiseConverters } from '../converters/convert-elementwise.js'
import { choiceConverters } from '../converters/convert-choices.js'
import { linearConverters } from '../converters/convert-linear.js'
import { productConverters } from '../converters/convert-products.js'
import { reductionConverters } from '../converters/convert-reductions.js'
import { shapeConverters } from '../converters/convert-shapes.js'
import { windowConverters } from '../converters/convert-windows.js'
import type { Converter } from '../converters/converter.js'
import { elementwiseFolds } from '../folds/fold-elementwise.js'
import { shapeFolds } from '../folds/fold-shape.js'
import { followMoves } from '../folds/follow-moves.js'
import { indexingFolds } from '../folds/fold-indexing.js'
import { layerFolds } from '../folds/fold-layers.js'
import { productFolds } from '../folds/fold-products.js'
import { reductionFolds } from '../folds/fold-reductions.js'
import { resizeFolds } from '../folds/fold-resize.js'
import { followWeights } from '../folds/follow-weights.js'
import { followPerImage } from '../folds/per-image.js'
import { type Fold, FoldBudget } from '../values/fold-support.js'
import { GraphBuilder } from '../converters/graph-builder.js'
import { type Constant, constantOfTensor, type GraphValue, isFloat, type LayerValue } from '../values/graph-value.js'
import { orderedNodes } from './graph-order.js'
import { findImageInput, type ImageInput, standardSize } from './image-input.js'
import { prunedGraph } from './prune-graph.js'
import { moduleNames } from '../converters/layer-names.js'
import { NodeCall } from '../values/node-call.js'

const converters: ReadonlyMap<string, Converter> = new Map(
  Object.entries({
    ...windowConverters,
    ...linearConverters,
    ...elementwiseConverters,
    ...shapeConverters,
    ...reductionConverters,
    ...choiceConverters,
    ...productConverters,
    ...attentionConverters,
  }),
)
/** How nodes without images are computed, by operator. */
export const folds: ReadonlyMap<string, Fold> = new Map(
  Object.entries({
    ...elementwiseFolds,
    ...shapeFolds,
    ...reductionFolds,
    ...productFolds,
    ...indexingFolds,
    ...resizeFolds,
    ...layerFolds,
  }),
)

export interface ImportedGraph {
  readonly builder: GraphBuilder
  readonly input: ImageInput
  /** Those that may be the class scores. */
  readonly outputs: readonly OnnxValueInfo[]
  /** Value of every name in the graph. */
  readonly values: ReadonlyMap<string, GraphValue>
}

const mostWholeNumbers = 2 ** 25

/** Operator set versions whose operators are understood. */
const [oldestOpset, newestOpset] = [7, 25]

/**
 * Turns an ONNX graph into layers, folding everything that doesn't depend on the image. Throws FormatError naming the
 * node that can't be represented.
 * @param size height and width of images where the file leaves them open
 */
export function importGraph(whole: OnnxModel, size = standardSize): ImportedGraph {
  const model = { ...whole, graph: prunedGraph(whole.graph) }
  const opset = checkOpset(model)
  checkWholeNumbers(model)
  const nodes = orderedNodes(model.graph)
  const input = findImageInput(model.graph, size)
  const initializers = model.graph.initializers.map((tensor) => constantOfTensor(tensor, tensor.name))
  const builder = new GraphBuilder(
    input.name,
    input.shape,
    moduleNames(nodes),
    input.tracedBatch,
    countUses(model),
    bySize(initializers),
    (operator) => converters.get(operator),
  )
  if (input.note !== null) builder.note(input.note)
  const values = new Map<string, GraphValue>(initializers.map((value) => [value.origin ?? '', value]))
  values.set(input.name, inputValue(input, builder, opset))
  const dependence = new BatchDependence()
  const budget = new FoldBudget(countElements(model, (type) => isFloat(type)))
  for (const node of nodes) {
    const call = new NodeCall(
      node,
      node.inputs.map((name) => (name === '' ? null : valueOf(name, values))),
      opset,
    )
    const results = [convert(call, builder, budget, dependence)].flat()
    node.outputs.forEach((name, index) => {
      const result = results[index]
      if (name === '' || result === undefined) return
      values.set(name, result)
      builder.bind(name, result)
    })
  }
  return { builder, input, values, outputs: model.graph.outputs }
}

const countElements = ({ graph }: OnnxModel, counts: (type: OnnxTensorType) => boolean): number =>
  graph.initializers.reduce((sum, { type, shape }) => sum + (counts(type) ? elementCount(shape) : 0), 0)

/** Whole numbers take eight bytes each once they are read. Throws FormatError for more than tables and masks need. */
function checkWholeNumbers(model: OnnxModel): void {
  const count = countElements(model, (type) => !isFloat(type))
  if (count <= mostWholeNumbers) return
  throw new FormatError(
    `The ONNX file holds ${count} whole numbers, which are no weights; at most ${mostWholeNumbers} are read.`,
    'Use the float32 version of the model; a quantised one keeps its weights as whole numbers.',
  )
}

/**
 * The network's input as the graph sees it: a channels-last graph gets a transposition first, which cancels against the
 * one exporters start with.
 */
function inputValue(input: ImageInput, builder: GraphBuilder, opset: number): LayerValue {
  const image: LayerValue = { kind: 'layer', name: input.name, shape: input.shape }
  if (!input.channelsLast) return image
  const node = {
    name: 'channels_last',
    operator: 'Transpose',
    domain: '',
    inputs: [input.name],
    outputs: [input.name],
    attributes: {},
  }
  return builder.emit(new NodeCall(node, [image], opset), 'Transpose', [image], { attributes: { perm: [0, 2, 3, 1] } })
}

function checkOpset(model: OnnxModel): number {
  const opset = model.opsetImports.find((entry) => entry.domain === '')?.version
  if (opset !== undefined && opset >= oldestOpset && opset <= newestOpset) return opset
  throw new FormatError(
    `The ONNX file uses operator set ${opset ?? '(none)'}. Expected ${oldestOpset} to ${newestOpset}.`,
    'Export the model again with opset_version=17, or convert it with onnx.version_converter.',
  )
}

function convert(
  call: NodeCall,
  builder: GraphBuilder,
  budget: FoldBudget,
  dependence: BatchDependence,
): GraphValue | readonly GraphValue[] {
  const { operator, domain } = call.node
  const known = domain === '' || (domain === 'com.microsoft' && operator === 'Gelu')
  if (!known)
    throw call.refuse(
      `comes from the operator domain "${domain}"`,
      'Only standard ONNX operators are supported: export the model without custom or fused operators (and without runtime-specific optimisation).',
    )
  const constants = call.inputs.every((value) => value === null || value.kind === 'constant')
  const fold = folds.get(operator)
  if (constants && fold !== undefined)
    return followPerImage(
      call,
      dependence.follow(call, followWeights(call, followMoves(call, fold, [fold(call, budget)].flat()))),
    )
  if (constants && operator === 'Shape') return shapeOfConstant(call)
  dependence.refuseIn(call)
  const converter = converters.get(operator)
  if (converter !== undefined) return converter(call, builder)
  throw unsupported(call)
}

function shapeOfConstant(call: NodeCall): Constant {
  const { shape } = call.required(0)
  return { kind: 'constant', type: 'int64', shape: [shape.length], origin: null, read: () => Float64Array.from(shape) }
}

function unsupported(call: NodeCall): FormatError {
  const { operator } = call.node
  if (['If', 'Loop', 'Scan'].includes(operator))
    return call.refuse(
      "is control flow, which networks here can't have",
      'Export the model by tracing (not scripting), or run onnxsim on it to resolve constant conditions.',
    )
  if (operator.startsWith('Sequence') || operator.startsWith('Optional') || operator === 'SplitToSequence')
    return call.refuse('works on sequences', 'Only tensors are supported: export the model by tracing.')
  if (/^QLinear|^Quantize|^Dequantize|Integer$|^DynamicQuantize/.test(operator))
    return call.refuse(
      'computes with quantised numbers',
      "Use the float32 version of this model: quantised networks can't be trained.",
    )
  if (/^(LSTM|GRU|RNN)$/.test(operator))
    return call.refuse('is recurrent', 'Only image classifiers without recurrence are supported.')
  return call.refuse(
    'uses an operator that is not supported',
    `Cut the model before it, or export it with other operators. Supported are: ${[...converters.keys()].sort().join(', ')}.`,
  )
}

function valueOf(name: string, values: ReadonlyMap<string, GraphValue>): GraphValue {
  const value = values.get(name)
  if (value !== undefined) return value
  throw new FormatError(
    `The ONNX graph uses the value "${name}", which isn't given: it is a second graph input or an output that isn't computed in inference. Expected one image input.`,
    'Export the model for inference.',
  )
}

function bySize(initializers: readonly Constant[]): ReadonlyMap<number, readonly Constant[]> {
  const found = new Map<number, Constant[]>()
  for (const value of initializers) {
    const count = elementCount(value.shape)
    if (count > 1) found.set(count, [...(found.get(count) ?? []), value])
  }
  return found
}

function countUses(model: OnnxModel): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  const count = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1)
  model.graph.nodes.forEach((node: OnnxModelNode) => node.inputs.forEach(count))
  model.graph.outputs.forEach((output) => count(output.name))
  return uses
}
