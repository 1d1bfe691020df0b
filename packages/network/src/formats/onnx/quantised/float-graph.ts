import type { OnnxGraph, OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { typedAttributes } from '../onnx-model.js'
import { elementCount, float32Tensor, type OnnxTensor } from '../onnx-tensor.js'
import { orderedNodes } from '../import/graph-order.js'
import { FoldBudget } from '../values/fold-support.js'
import { NodeCall } from '../values/node-call.js'
import { isNonNegative } from './non-negative.js'
import { dequantisedTensor, type Quantisation, quantisedTensor, rangeOf, refused } from './quantisation.js'

/** A product whose weight still lacks the scale that multiplies its result. */
export interface WholeProduct {
  readonly operator: string
  readonly weight: OnnxTensor
  /** Several read it: then its weight stays without a scale, since each may multiply it by another. */
  readonly shared: boolean
}

/**
 * A graph in the making that computes with floats what a quantised one computes with whole numbers. A value keeps its name;
 * what it is called after a step that only changes its type is an alias.
 */
export class FloatGraph {
  readonly opset: number
  readonly nodes: OnnxModelNode[] = []
  /** Known numbers by name, whole or not. */
  readonly constants: Map<string, OnnxTensor>
  /** Values that the file holds as whole numbers and this graph as floats. */
  readonly quantised = new Set<string>()
  /** Names of scales that are 1 here: of values that the file quantises by what they are just now. */
  readonly units = new Set<string>()
  /** By the names of their results. */
  readonly products = new Map<string, WholeProduct>()
  private readonly aliases = new Map<string, string>()
  private readonly nonNegative: Set<string>
  private readonly own = new Map<string, OnnxTensor>()
  private readonly makers = new Map<string, OnnxModelNode>()
  private readonly budget: FoldBudget
  private readonly readers = new Map<string, number>()

  constructor(private readonly model: OnnxModel) {
    const { initializers, inputs } = model.graph
    this.opset = model.opsetImports.find(({ domain }) => domain === '')?.version ?? 0
    this.constants = new Map(initializers.map((tensor) => [tensor.name, tensor]))
    // Old files list their weights among the inputs.
    this.nonNegative = new Set(inputs.map(({ name }) => name).filter((name) => !this.constants.has(name)))
    for (const { operator, outputs, attributes } of model.graph.nodes)
      if (operator === 'Constant' && attributes['value']?.kind === 'tensor' && outputs[0] !== undefined)
        this.constants.set(outputs[0], attributes['value'].value)
    const { nodes, outputs } = model.graph
    for (const name of [...nodes.flatMap((node) => node.inputs), ...outputs.map((output) => output.name)])
      this.readers.set(name, (this.readers.get(name) ?? 0) + 1)
    this.budget = new FoldBudget(initializers.reduce((sum, { shape }) => sum + elementCount(shape), 0) / 4)
  }

  get order(): readonly OnnxModelNode[] {
    return orderedNodes(this.model.graph)
  }

  /** What a value is called here. */
  name(given: string): string {
    return this.aliases.get(given) ?? given
  }

  rename(name: string, to: string): void {
    this.aliases.set(name, this.name(to))
  }

  /** Whether the file reads a value in one place only. */
  isReadOnce(given: string): boolean {
    return this.readers.get(given) === 1
  }

  constant(node: OnnxModelNode, index: number): OnnxTensor | null {
    return this.constants.get(node.inputs[index] ?? '') ?? null
  }

  /** The scale and zero point that stand at these inputs. */
  quantisation(node: OnnxModelNode, scale: number, zero: number, axis = 1, block = 0): Quantisation {
    const found = this.constant(node, scale)
    if (found === null)
      throw refused(
        node,
        `takes its scale from "${node.inputs[scale] ?? ''}", which is computed from the image`,
        'Quantise the model statically, or use its float32 version.',
      )
    const hasZero = (node.inputs[zero] ?? '') !== ''
    const middle = hasZero ? this.constant(node, zero) : null
    if (hasZero && middle === null)
      throw refused(node, 'takes its zero point from a computed value', 'Use the float32 version of the model.')
    return { scale: found, zero: middle, axis, block }
  }

  /** The floats that known whole numbers stand for, as a constant of the graph; gives its name. */
  weight(node: OnnxModelNode, values: OnnxTensor, quantisation: Quantisation): string {
    this.spend(node, values)
    const plain = values.name.replace(/(_quantized|\/int8|\/int32)$/, '')
    const free = plain !== '' && plain !== values.name && !this.constants.has(plain)
    return this.keep(dequantisedTensor(node, values, quantisation, free ? plain : `${values.name}/float`))
  }

  /** Whole numbers for known floats. */
  quantise(node: OnnxModelNode, values: OnnxTensor, quantisation: Quantisation): void {
    const [output = ''] = node.outputs
    this.spend(node, values)
    this.constants.set(output, quantisedTensor(node, values, quantisation, output))
  }

  /** For as many numbers as a tensor has. Throws FormatError when the file has asked for too many. */
  spend(node: OnnxModelNode, { shape }: OnnxTensor): void {
    this.budget.spend(new NodeCall(node, [], this.opset), shape)
  }

  keep(tensor: OnnxTensor): string {
    const name = this.own.has(tensor.name) ? `${tensor.name}/${this.own.size}` : tensor.name
    this.own.set(name, { ...tensor, name })
    return name
  }

  /** Another tensor under the name of one that was made here. */
  replace(tensor: OnnxTensor): void {
    this.own.set(tensor.name, tensor)
  }

  add(node: OnnxModelNode): OnnxModelNode {
    this.nodes.push(node)
    for (const name of node.outputs) this.makers.set(name, node)
    if (isNonNegative(node, this.nonNegative, this.constants))
      for (const name of node.outputs) this.nonNegative.add(name)
    return node
  }

  /**
   * Gives a value its name as a quantised one. A range that begins at nought cuts off what lies below: quantising programs
   * leave out the activation that did so, which is put back.
   */
  cut(node: OnnxModelNode, value: string, output: string, quantisation: Quantisation): void {
    this.quantised.add(output)
    const range = rangeOf(node, quantisation)
    if (range?.least !== 0 || this.nonNegative.has(value)) return this.rename(output, value)
    const name = `${(this.makers.get(value)?.name ?? '').replace(/\/?[^/]*$/, '')}/Relu`
    const isSix = Math.abs(range.most - 6) < 6e-3
    this.add({ ...(isSix ? this.clipToSix(value) : plainNode('Relu', [value])), name, outputs: [output] })
    this.nonNegative.add(output)
  }

  private clipToSix(value: string): OnnxModelNode {
    if (this.opset < 11) return { ...plainNode('Clip', [value]), attributes: typedAttributes({ min: 0, max: 6 }) }
    const limits = [0, 6].map((limit) => {
      const name = `quantised/limit-${limit}`
      this.own.set(name, float32Tensor(name, [], Float32Array.of(limit)))
      return name
    })
    return plainNode('Clip', [value, ...limits])
  }

  finish(): OnnxModel {
    const { graph } = this.model
    const outputs = graph.outputs.map(({ name }) => name)
    // An output keeps its name.
    const renamed = outputs.filter((name) => this.aliases.has(name))
    const ends = renamed.map((name) => ({ ...plainNode('Identity', [this.name(name)]), outputs: [name] }))
    const nodes = [...this.nodes, ...ends]
    const used = new Set(nodes.flatMap(({ inputs }) => inputs))
    const kept = graph.initializers.filter(({ name }) => used.has(name) && !this.own.has(name))
    const made = [...this.own.values()].filter(({ name }) => used.has(name))
    const floats: OnnxGraph['outputs'] = graph.outputs.map((output) =>
      this.quantised.has(output.name) ? { ...output, type: 'float32' } : output,
    )
    return { ...this.model, graph: { ...graph, nodes, initializers: [...kept, ...made], outputs: floats } }
  }
}

/** A node of the standard operators without attributes. */
export const plainNode = (operator: string, inputs: readonly string[]): OnnxModelNode => ({
  name: '',
  operator,
  domain: '',
  inputs,
  outputs: [],
  attributes: {},
})
