import { inferShapes } from '../../infer-shapes.js'
import type { Layer, Network, Tensors } from '../../network.js'
import { describePreprocessing } from '../../preprocessing/describe.js'
import { encodeOnnxModel } from './encode-model.js'
import { toOnnxModel } from './encode-network.js'
import type { OutputActivation } from '../format.js'
import { describeNetwork } from '../graft-metadata.js'
import { type OnnxModel, type OnnxModelNode, typedAttributes } from './onnx-model.js'

export interface OnnxClassifierOptions {
  /** Of the task that the network has learned; default: Softmax over the classes. */
  readonly activation?: OutputActivation
  /** Further `metadata_props`, such as the graph document that made the model under `graft.document`. */
  readonly metadata?: Readonly<Record<string, string>>
}

const softmax: OutputActivation = { operator: 'Softmax', attributes: { axis: -1 } }

/** Output names of an exported classifier. */
const [logits, probabilities] = ['logits', 'probabilities']

/**
 * Writes a network for use outside Graft: outputs `logits` and `probabilities` `[N, classes]` (a network without a
 * classifier: its feature map, under the layer's name), class names, task, thresholds, preprocessing and the network
 * itself as metadata (see `metadataKeys`), and a description for people. Throws NetworkError when
 * weights are missing, FormatError when the result is over 2 GiB.
 */
export function encodeOnnxClassifier(
  network: Network,
  tensors: Tensors,
  options: OnnxClassifierOptions = {},
): Uint8Array {
  return encodeOnnxModel(classifierModel(network, tensors, options))
}

/** The same as data, for what is changed before it is written. */
export function classifierModel(
  network: Network,
  tensors: Tensors,
  { metadata = {}, activation = softmax }: OnnxClassifierOptions = {},
): OnnxModel {
  const model = toOnnxModel(network, tensors, {
    metadata: { ...describeNetwork(network), ...metadata },
    docString: describe(network),
  })
  const classes = inferShapes(network).get(network.output) ?? []
  return classes.length === 2 ? withClassifierOutputs(model, network, activation) : model
}

function withClassifierOutputs(model: OnnxModel, network: Network, activation: OutputActivation): OnnxModel {
  const names = new Set(network.layers.map((layer) => layer.name))
  const node = (
    operator: string,
    input: string,
    output: string,
    attributes: OnnxModelNode['attributes'],
  ): OnnxModelNode => ({ name: output, operator, domain: '', inputs: [input], outputs: [output], attributes })
  const extra: OnnxModelNode[] = []
  const [shape] = model.graph.outputs
  const own = trailingSigmoid(network)
  const scores = own?.inputs[0] ?? network.output
  const result = names.has(logits) ? scores : logits
  if (result !== scores) extra.push(node('Identity', scores, logits, {}))
  const { operator, attributes } = own === null ? activationOf(activation, shape?.shape?.at(-1)) : identity
  const last = names.has(probabilities) ? `${probabilities}/${operator.toLowerCase()}` : probabilities
  extra.push(node(operator, network.output, last, typedAttributes(attributes)))
  const outputs = [result, last].map((name) => ({ name, type: shape?.type ?? null, shape: shape?.shape ?? null }))
  return { ...model, graph: { ...model.graph, nodes: [...model.graph.nodes, ...extra], outputs } }
}

const identity: OutputActivation = { operator: 'Identity', attributes: {} }

/** Softmax over one number is 1 whatever the number: a network with one output says yes or no. */
const activationOf = (activation: OutputActivation, classes: number | string | undefined): OutputActivation =>
  classes === 1 && activation.operator === 'Softmax' ? { operator: 'Sigmoid', attributes: {} } : activation

/** The layer that makes probabilities of a network's scores already, where it is the last one; else null. */
function trailingSigmoid({ layers, output }: Network): Layer | null {
  const last = layers.find(({ name }) => name === output)
  return last?.operator === 'Sigmoid' ? last : null
}

function describe(network: Network): string {
  const { preprocessing, input, head } = network
  const classNames = head?.names ?? null
  const classes =
    classNames === null
      ? ''
      : ` Classes: ${classNames.slice(0, 20).join(', ')}${classNames.length > 20 ? `, ... (${classNames.length})` : ''}.`
  return `${network.name}, made with Graft. Input "${input.name}": float32 [N, ${input.shape.join(', ')}]. ${describePreprocessing(preprocessing)}${classes}`
}
