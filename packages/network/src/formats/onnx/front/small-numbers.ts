import { folds } from '../import/import-graph.js'
import type { OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { elementCount } from '../onnx-tensor.js'
import { FoldBudget } from '../values/fold-support.js'
import { type Constant, constant, constantOfTensor } from '../values/graph-value.js'
import { NodeCall } from '../values/node-call.js'

/** Sizes and factors are a few numbers each. */
const mostElements = 4096

/** Computes what a graph says of an image without looking at it: constants, and numbers made of its size. */
export class SmallNumbers {
  private readonly producers: ReadonlyMap<string, OnnxModelNode>
  private readonly known = new Map<string, Constant | null>()
  private readonly budget = new FoldBudget(0)
  private readonly opset: number

  /** @param shapes of the values that are the image, by name; others are not looked into */
  constructor(
    { graph, opsetImports }: OnnxModel,
    private readonly shapes: ReadonlyMap<string, readonly number[]>,
  ) {
    this.producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
    this.opset = opsetImports.find(({ domain }) => domain === '')?.version ?? 0
    for (const tensor of graph.initializers)
      if (elementCount(tensor.shape) <= mostElements && tensor.data instanceof Uint8Array)
        this.known.set(tensor.name, constantOfTensor(tensor, tensor.name))
  }

  /** The numbers of a value; null where they hang on the image, or on operators that aren't understood. */
  read(name: string | undefined): Constant | null {
    if (name === undefined || name === '') return null
    const before = this.known.get(name)
    if (before !== undefined) return before
    // Until it is known, so that a circle ends.
    this.known.set(name, null)
    const node = this.producers.get(name)
    const found = node === undefined ? null : this.computed(node, name)
    this.known.set(name, found)
    return found
  }

  call(node: OnnxModelNode, inputs: readonly (Constant | null)[]): NodeCall {
    return new NodeCall(node, inputs, this.opset)
  }

  private computed(node: OnnxModelNode, name: string): Constant | null {
    if (node.operator === 'Shape') return this.shapeOf(node)
    const fold = node.domain === '' ? folds.get(node.operator) : undefined
    const inputs = node.inputs.map((input) => (input === '' ? null : this.read(input)))
    if (fold === undefined || node.inputs.some((input, index) => input !== '' && inputs[index] === null)) return null
    try {
      const results = [fold(this.call(node, inputs), this.budget)].flat()
      return results[node.outputs.indexOf(name)] ?? null
    } catch {
      return null
    }
  }

  private shapeOf(node: OnnxModelNode): Constant | null {
    const shape = this.shapes.get(node.inputs[0] ?? '')
    if (shape === undefined) return null
    const call = this.call(node, [])
    const part = shape.slice(call.integer('start', 0), call.integer('end', shape.length))
    return constant('int64', [part.length], Float64Array.from(part))
  }
}
