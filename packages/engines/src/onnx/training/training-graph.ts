import { must } from '@graft/errors'
import { encodeOnnxModel, float32Tensor, keepPaddings, tensorOf, typedAttributes } from '@graft/network'
import type {
  OnnxModel,
  OnnxModelNode,
  OnnxNode,
  OnnxTensor,
  OnnxTensorType,
  OnnxValueInfo,
  Shape,
} from '@graft/network'
import { blockedDomain } from '../operators/support/blocked-layout.js'
import type { GraphBuilder } from '../operators/support/graph-builder.js'
import { BlockedValues } from './blocked-values.js'
import { fuseBlockedConvolutions } from './fuse-blocked.js'

/** A graph input that is filled with uniform random numbers before every step. */
export interface UniformInput {
  readonly name: string
  /** Chooses the stream of numbers. */
  readonly label: string
  readonly shape: Shape
}

/** The value of a node with one output. */
const only = ([name]: readonly string[]): string => must(name, 'the output of a node')

/**
 * An ONNX graph under construction. Nodes are written in the order in which they can run; equal nodes and equal
 * constants are written once; what no output needs is left out when the graph is encoded.
 */
export class TrainingGraph implements GraphBuilder {
  private readonly nodes: OnnxModelNode[] = []
  private readonly written = new Map<string, readonly string[]>()
  private readonly constants = new Map<string, OnnxTensor>()
  private readonly inputs = new Map<string, OnnxValueInfo>()
  private readonly outputs = new Map<string, { readonly value: string; readonly shape: Shape }>()
  private readonly uniforms = new Map<string, UniformInput>()
  private readonly scalars = new Set<string>()
  private scope = ''
  readonly blocked: BlockedValues | null

  /** `blockSize`: channels per block of onnxruntime's blocked layout, 1 to do without it. */
  constructor(blockSize = 1) {
    const write = (...[operator, inputs, attributes, domain]: Parameters<TrainingGraph['add']>): string =>
      only(this.write(operator, inputs, 1, attributes, domain))
    this.blocked =
      blockSize > 1
        ? new BlockedValues(blockSize, {
            add: write,
            integers: (values) => this.integers(values),
            isScalar: (name) => this.scalars.has(name),
          })
        : null
  }

  /** Puts a prefix before the names of the nodes written from here on, for messages and profiles. */
  within<Result>(scope: string, write: () => Result): Result {
    const outer = this.scope
    this.scope = scope
    try {
      return write()
    } finally {
      this.scope = outer
    }
  }

  add(operator: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}, domain = ''): string {
    return only(this.addMany(operator, inputs, 1, attributes, domain))
  }

  addMany(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: OnnxNode['attributes'] = {},
    domain = '',
  ): readonly string[] {
    const blocked = outputs === 1 ? (this.blocked?.rewrite(operator, inputs, attributes, domain) ?? null) : null
    return blocked === null ? this.write(operator, inputs, outputs, attributes, domain) : [blocked]
  }

  private write(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: OnnxNode['attributes'] = {},
    domain = '',
  ): readonly string[] {
    const key = JSON.stringify([
      domain,
      operator,
      inputs,
      outputs,
      Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    ])
    const known = this.written.get(key)
    if (known) return known
    const name = `${this.scope}/${operator}_${this.nodes.length}`
    const results = Array.from({ length: outputs }, (_, index) => (index === 0 ? name : `${name}:${index}`))
    this.nodes.push({ name, operator, domain, inputs, outputs: results, attributes: typedAttributes(attributes) })
    this.written.set(key, results)
    return results
  }

  integers(values: readonly number[]): string {
    return this.named(`int64 ${values.join(' ')}`, (name) => tensorOf(name, 'int64', [values.length], values))
  }

  floats(shape: Shape, values: readonly number[]): string {
    const name = this.named(`float32 [${shape.join()}] ${values.join(' ')}`, (key) =>
      float32Tensor(key, shape, Float32Array.from(values)),
    )
    if (shape.length === 0) this.scalars.add(name)
    return name
  }

  uniform(label: string, shape: Shape): string {
    const name = `uniform/${label}`
    if (!this.uniforms.has(name)) this.uniforms.set(name, { name: this.input(name, shape), label, shape })
    return name
  }

  /** A constant of its own name, such as a frozen weight; the values are not copied. */
  constant(name: string, shape: Shape, values: Float32Array): string {
    this.constants.set(`= ${name}`, float32Tensor(name, shape, values))
    return name
  }

  /** A graph input. */
  input(name: string, shape: Shape, type: OnnxTensorType = 'float32'): string {
    this.inputs.set(name, { name, type, shape })
    return name
  }

  /** Makes a value a graph output under a name of its own. */
  output(name: string, value: string, shape: Shape): void {
    this.outputs.set(name, { value, shape })
  }

  /** The random inputs that the outputs need. */
  randomInputs(): readonly UniformInput[] {
    const { used } = this.live()
    return [...this.uniforms.values()].filter(({ name }) => used.has(name))
  }

  /** Names of the graph inputs that the outputs need. */
  neededInputs(): ReadonlySet<string> {
    const { used } = this.live()
    return new Set([...this.inputs.keys()].filter((name) => used.has(name)))
  }

  /** The nodes that the outputs need, in order. */
  liveNodes(): readonly OnnxModelNode[] {
    return this.fused(this.live().nodes)
  }

  /** The bytes of the model. */
  encode(): Uint8Array {
    return encodeOnnxModel(this.model())
  }

  /** An ONNX model (opset 17 and onnxruntime's own operators). */
  model(): OnnxModel {
    const { nodes, used } = this.live()
    return {
      irVersion: 8,
      producerName: 'graft',
      producerVersion: '0.1.0',
      docString: '',
      opsetImports: [
        { domain: '', version: 17 },
        { domain: 'com.microsoft', version: 1 },
        { domain: blockedDomain, version: 1 },
      ],
      metadata: {},
      graph: keepPaddings({
        name: 'training step',
        nodes: this.fused(nodes),
        initializers: [...this.constants.values()].filter(({ name }) => used.has(name)),
        inputs: [...this.inputs.values()].filter(({ name }) => used.has(name)),
        outputs: [...this.outputs].map(([name, { shape }]) => ({ name, type: 'float32', shape })),
      }),
    }
  }

  private fused(nodes: readonly OnnxModelNode[]): readonly OnnxModelNode[] {
    return this.blocked ? fuseBlockedConvolutions(nodes, new Set(this.outputs.keys()), this.constants) : nodes
  }

  private named(key: string, make: (name: string) => OnnxTensor): string {
    const known = this.constants.get(key)
    if (known) return known.name
    const name = `constant/${this.constants.size}`
    this.constants.set(key, make(name))
    return name
  }

  /**
   * What the outputs need. A value that becomes an output takes its name, so that it needn't be copied; only a second
   * output of the same value is.
   */
  private live(): { readonly nodes: readonly OnnxModelNode[]; readonly used: ReadonlySet<string> } {
    const renamed = new Map<string, string>()
    const copies: OnnxModelNode[] = []
    const computed = new Set(this.nodes.flatMap((node) => node.outputs))
    for (const [name, { value }] of this.outputs) {
      if (computed.has(value) && !renamed.has(value)) renamed.set(value, name)
      else
        copies.push({
          name: `output/${name}`,
          operator: 'Identity',
          domain: '',
          inputs: [value],
          outputs: [name],
          attributes: {},
        })
    }
    const rename = (names: readonly string[]): string[] => names.map((name) => renamed.get(name) ?? name)
    const used = new Set(this.outputs.keys())
    const nodes = [...this.nodes, ...copies].reverse().flatMap((node) => {
      const written = { ...node, inputs: rename(node.inputs), outputs: rename(node.outputs) }
      if (!written.outputs.some((name) => used.has(name))) return []
      for (const name of written.inputs) used.add(name)
      return [written]
    })
    return { nodes: nodes.reverse(), used }
  }
}
