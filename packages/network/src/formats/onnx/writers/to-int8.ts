import type { ValueRange } from '../../format.js'
import { type OnnxModel, type OnnxModelNode, typedAttributes } from '../onnx-model.js'
import { elementCount, float32Tensor, type OnnxTensor, tensorOf } from '../onnx-tensor.js'
import { correctedBias, type QuantisedWeight, quantiseBias, quantiseWeight } from './quantise-weights.js'

/** What was computed in 8 bits, and which layers with weights were not. */
export interface Int8Model {
  readonly model: OnnxModel
  readonly quantised: readonly string[]
  readonly left: readonly string[]
}

/** How large a share of the weights may stay float32 for the sake of accuracy, in each of two layers. */
const smallShare = 0.02

/** Operators without weights that run in 8 bits where their values have a range: those around convolutions. */
const passing = new Set(['Add', 'GlobalAveragePool', 'MaxPool', 'AveragePool', 'Concat'])
/** Activations that a runtime takes into the operator before them. */
const absorbed = new Set(['Relu', 'Clip'])

/** What the name of a weight ends in that was made of its whole numbers. */
const floatEnding = '/dequantised'

/** Output channels' axis of a weight, by operator; null where it can't be said. */
function weightAxis({ operator, attributes }: OnnxModelNode): number | null {
  const number = (name: string, otherwise: number): number => {
    const attribute = attributes[name]
    return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : otherwise
  }
  if (operator === 'Conv') return 0
  if (operator === 'MatMul') return 1
  if (operator !== 'Gemm' || number('alpha', 1) !== 1 || number('beta', 1) !== 1) return null
  return number('transB', 0) === 1 ? 0 : 1
}

/** Whether every channel is convolved by itself: one output for each. */
const isDepthwise = ({ operator, attributes }: OnnxModelNode, { shape }: OnnxTensor): boolean =>
  operator === 'Conv' && shape[1] === 1 && attributes['group']?.value === shape[0]

/**
 * A model in 8 bits, as pairs of QuantizeLinear and DequantizeLinear (QDQ), which every runtime of quantised ONNX
 * understands: weights per channel, values per tensor by the ranges that were measured. Layers whose input has no range
 * stay as they are, and so do a small first and last one. The values of graph outputs stay float32.
 */
export function toInt8(model: OnnxModel, ranges: ReadonlyMap<string, ValueRange>): Int8Model {
  return new Quantiser(model, ranges).quantise()
}

class Quantiser {
  private readonly constants = new Map<string, OnnxTensor>()
  private readonly before = new Map<string, OnnxModelNode[]>()
  private readonly scales = new Map<string, number>()
  private readonly initializers: ReadonlyMap<string, OnnxTensor>
  private readonly outputs: ReadonlySet<string>
  private readonly uses = new Map<string, number>()

  constructor(
    private readonly model: OnnxModel,
    private readonly ranges: ReadonlyMap<string, ValueRange>,
  ) {
    const { initializers, outputs, nodes } = model.graph
    this.initializers = new Map(initializers.map((tensor) => [tensor.name, tensor]))
    this.outputs = new Set(outputs.map(({ name }) => name))
    for (const input of nodes.flatMap(({ inputs }) => inputs)) this.uses.set(input, (this.uses.get(input) ?? 0) + 1)
  }

  quantise(): Int8Model {
    const { nodes } = this.model.graph
    const weighted = nodes.filter((node) => weightAxis(node) !== null && this.initializers.has(node.inputs[1] ?? ''))
    const able = weighted.filter((node) => this.ranges.has(node.inputs[0] ?? '') && !this.staysFloat(node, weighted))
    const others = nodes.filter(
      (node) => passing.has(node.operator) && node.inputs.every((name) => this.ranges.has(name)),
    )
    for (const node of [...able, ...others]) {
      for (const name of node.inputs) if (this.ranges.has(name)) this.scales.set(name, NaN)
      const result = this.resultOf(node)
      if (this.ranges.has(result) && !this.outputs.has(result) && !this.leadsOut(result)) this.scales.set(result, NaN)
    }
    for (const name of this.scales.keys()) this.quantiseValue(name)
    const names = new Set(able)
    const changed = nodes.map((node) => (names.has(node) ? this.quantiseNode(node) : this.reading(node)))
    return {
      model: this.withNodes(changed),
      quantised: able.map(({ name }) => name),
      left: weighted.filter((node) => !names.has(node)).map(({ name }) => name),
    }
  }

  /**
   * The layer that reads the images has few weights and no neighbours to make up for its rounding; so has the classifier of
   * few classes.
   */
  private staysFloat(node: OnnxModelNode, weighted: readonly OnnxModelNode[]): boolean {
    const [input = ''] = node.inputs
    const size = ({ inputs }: OnnxModelNode): number =>
      elementCount(this.initializers.get(inputs[1] ?? '')?.shape ?? [])
    const all = weighted.reduce((sum, one) => sum + size(one), 0)
    const atEnd = this.model.graph.inputs.some(({ name }) => name === input) || this.leadsOut(node.outputs[0] ?? '')
    return atEnd && weighted.length > 2 && size(node) <= all * smallShare
  }

  /** The value of the node, or of the activation that a runtime takes into it. */
  private resultOf(node: OnnxModelNode): string {
    const [own = ''] = node.outputs
    if (this.uses.get(own) !== 1) return own
    const next = this.model.graph.nodes.find(({ inputs }) => inputs[0] === own)
    return next !== undefined && absorbed.has(next.operator) ? (next.outputs[0] ?? own) : own
  }

  /** Logits are read by what makes the graph's outputs only: they keep all their bits. */
  private leadsOut(name: string): boolean {
    const readers = this.model.graph.nodes.filter(({ inputs }) => inputs.includes(name))
    return readers.every(({ outputs }) => outputs.every((output) => this.outputs.has(output)))
  }

  private quantiseValue(name: string): void {
    const { min, max } = this.ranges.get(name) ?? { min: 0, max: 0 }
    const [low, high] = [Math.min(0, min), Math.max(0, max)]
    const scale = Math.fround(Math.max(high - low, 1e-6) / 255)
    this.scales.set(name, scale)
    const zero = Math.min(255, Math.max(0, Math.round(-low / scale)))
    const parameters = [
      this.constant(float32Tensor(`${name}/scale`, [], Float32Array.of(scale))),
      this.constant(tensorOf(`${name}/zero`, 'uint8', [], [zero])),
    ]
    this.before.set(name, [
      plainNode('QuantizeLinear', [name, ...parameters], `${name}/uint8`),
      plainNode('DequantizeLinear', [`${name}/uint8`, ...parameters], `${name}/quantised`),
    ])
  }

  private quantiseNode(node: OnnxModelNode): OnnxModelNode {
    const [input = '', weightName = '', biasName = ''] = node.inputs
    const inputScale = this.scales.get(input) ?? 1
    const weight = this.initializers.get(weightName)
    const bias = this.initializers.get(biasName)
    if (weight === undefined) return node
    // Named as they were, so that the file reads back as the network that it was; what several nodes use is each one's own.
    const keyOf = (name: string, role: string): string => (this.uses.get(name) === 1 ? name : `${node.name}/${role}`)
    const key = keyOf(weightName, 'weight')
    const shifted = bias?.shape.length === 1 ? bias : undefined
    const axis = weightAxis(node) ?? 0
    const quantised = quantiseWeight(
      { ...weight, name: key },
      { axis, inputScale, bias: shifted, depthwise: isDepthwise(node, weight) },
    )
    const means = this.ranges.get(input)?.means
    const read = [`${input}/quantised`, this.dequantised(key, quantised, quantised.axis)]
    if (shifted === undefined) return { ...node, inputs: [...read, ...node.inputs.slice(2)] }
    const biasKey = keyOf(biasName, 'bias')
    const corrected = means === undefined ? shifted : correctedBias(shifted, weight, quantised, means, node.operator)
    const parts = quantiseBias({ ...corrected, name: biasKey }, inputScale, quantised.scales)
    return { ...node, inputs: [...read, this.dequantised(biasKey, parts, 0)] }
  }

  private dequantised(
    key: string,
    { values, scale, zero }: Pick<QuantisedWeight, 'values' | 'scale' | 'zero'>,
    axis: number,
  ): string {
    const inputs = [values, scale, zero].map((tensor) => this.constant(tensor))
    const node = plainNode('DequantizeLinear', inputs, `${key}${floatEnding}`)
    this.before.set(key, [{ ...node, attributes: typedAttributes({ axis }) }])
    return `${key}${floatEnding}`
  }

  private constant(tensor: OnnxTensor): string {
    this.constants.set(tensor.name, tensor)
    return tensor.name
  }

  private reading(node: OnnxModelNode): OnnxModelNode {
    return { ...node, inputs: node.inputs.map((name) => (this.scales.has(name) ? `${name}/quantised` : name)) }
  }

  private withNodes(changed: readonly OnnxModelNode[]): OnnxModel {
    const { graph } = this.model
    const made = new Set(graph.inputs.map(({ name }) => name))
    const nodes: OnnxModelNode[] = [...made].flatMap((name) => this.before.get(name) ?? [])
    for (const node of changed) {
      for (const name of node.inputs.filter((input) => input.endsWith(floatEnding)))
        nodes.push(...(this.before.get(name.slice(0, -floatEnding.length)) ?? []))
      nodes.push(node, ...node.outputs.flatMap((name) => this.before.get(name) ?? []))
    }
    const used = new Set(nodes.flatMap(({ inputs }) => inputs))
    const initializers = [...graph.initializers, ...this.constants.values()].filter(({ name }) => used.has(name))
    return { ...this.model, graph: { ...graph, nodes, initializers } }
  }
}

const plainNode = (operator: string, inputs: readonly string[], output: string): OnnxModelNode => ({
  name: output,
  operator,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
})
