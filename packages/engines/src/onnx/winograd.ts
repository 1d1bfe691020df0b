import { must } from '@graft/errors'
import { float32Tensor, tensorFloats, tensorOf, typedAttributes } from '@graft/network'
import type { OnnxModel, OnnxModelNode, OnnxTensor, Shape } from '@graft/network'
import {
  inputMatrix,
  outputMatrix,
  tilePositions as positions,
  tilesAlong,
  transformKernels,
} from './operators/convolution/winograd-matrices.js'

/**
 * Writes 3x3 convolutions over small maps with many channels as Winograd's F(4x4, 3x3): 36 matrix products over tiles
 * instead of 9 over pixels, a quarter of the multiplications for whole tiles. Both changes of domain are products with
 * one constant matrix over the whole map, so no tile is ever cut out or put together; that is why only small maps gain.
 * Measured (512 channels, 7x7, 16 images): 0.6 of the direct convolution's time; results differ from it by about 4e-5
 * of the largest value. Weights are transformed here: left to onnxruntime's constant folding, that takes five times as
 * long.
 *
 * `shapes`: of every value, by name, batch axis first. Gives the model itself where nothing gains.
 */
export function writeWinograd(model: OnnxModel, shapes: ReadonlyMap<string, Shape>): OnnxModel {
  const weights = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]))
  const writer = new WinogradWriter()
  for (const node of model.graph.nodes) {
    const convolution = asConvolution(node, weights, shapes)
    if (convolution !== null && gains(convolution)) writer.convolution(convolution)
    else writer.nodes.push(node)
  }
  if (writer.constants.size === 0) return model
  const used = new Set(writer.nodes.flatMap(({ inputs }) => inputs))
  const initializers = [...model.graph.initializers.filter(({ name }) => used.has(name)), ...writer.constants.values()]
  return { ...model, graph: { ...model.graph, nodes: writer.nodes, initializers } }
}

interface Convolution {
  readonly node: OnnxModelNode
  /** `[outputs, inputs, 3, 3]` */
  readonly kernels: OnnxTensor
  readonly inputs: number
  readonly outputs: number
  readonly height: number
  readonly width: number
}

/** A convolution that can be written this way: 3x3, same padding, no stride, dilation or groups, constant kernels. */
function asConvolution(
  node: OnnxModelNode,
  weights: ReadonlyMap<string, OnnxTensor>,
  shapes: ReadonlyMap<string, Shape>,
): Convolution | null {
  const kernels = weights.get(node.inputs[1] ?? '')
  const [, , height, width] = shapes.get(node.inputs[0] ?? '') ?? []
  if (node.operator !== 'Conv' || kernels === undefined || height === undefined || width === undefined) return null
  const [outputs = 0, inputs = 0, ...window] = kernels.shape
  const is = (name: string, ...wanted: number[]): boolean => String(numbersOf(node, name) ?? wanted) === String(wanted)
  const suits =
    String(window) === '3,3' &&
    is('strides', 1, 1) &&
    is('dilations', 1, 1) &&
    is('group', 1) &&
    is('auto_pad') &&
    String(numbersOf(node, 'pads')) === '1,1,1,1'
  return suits ? { node, kernels, inputs, outputs, height, width } : null
}

/** An attribute's numbers; null when it is left out. */
function numbersOf(node: OnnxModelNode, name: string): readonly number[] | null {
  const attribute = node.attributes[name]
  if (attribute === undefined) return null
  if (attribute.kind === 'int') return [attribute.value]
  return attribute.kind === 'ints' ? attribute.value : [Number.NaN]
}

/**
 * Compares multiplications, weighted with how much slower than convolutions the products (1.6) and the changes of
 * domain (2.8) run.
 */
function gains({ inputs, outputs, height, width }: Convolution): boolean {
  const [tiles, pixels] = [tilesAlong(height) * tilesAlong(width), height * width]
  const winograd = positions * tiles * (1.6 * inputs * outputs + 2.8 * pixels * (inputs + outputs))
  return winograd < 0.8 * 9 * pixels * inputs * outputs
}

/** Collects nodes, and constants that convolutions share. */
class WinogradWriter {
  readonly nodes: OnnxModelNode[] = []
  readonly constants = new Map<string, OnnxTensor>()

  convolution({ node, kernels, inputs, outputs, height, width }: Convolution): void {
    const [tiles, pixels] = [tilesAlong(height) * tilesAlong(width), height * width]
    const [given, , bias = ''] = node.inputs
    const input = must(given, `the input of ${node.name}`)
    const result = node.outputs[0] ?? node.name
    const step = (name: string): string => `${result}/winograd/${name}`
    const transformed = this.matrix(`kernels ${kernels.name}`, [positions, inputs, outputs], () =>
      transformKernels(tensorFloats(kernels), outputs, inputs),
    )
    const [toTiles, fromTiles] = (
      [
        ['to', inputMatrix],
        ['from', outputMatrix],
      ] as const
    ).map(([name, make]) =>
      this.matrix(`${name} ${height}x${width}`, [positions * tiles, pixels], () => make(height, width)),
    ) as [string, string]

    const maps = this.reshape(input, [-1, pixels], step('maps'))
    const tiled = this.add('Gemm', [toTiles, maps], step('tiled'), { transB: 1 })
    const products = this.add(
      'MatMul',
      [this.reshape(tiled, [positions, -1, inputs], step('factors')), transformed],
      step('products'),
    )
    const flat = this.add(
      'Gemm',
      [this.reshape(products, [positions * tiles, -1], step('rows')), fromTiles],
      step('flat'),
      { transA: 1 },
    )
    if (bias === '') this.reshape(flat, [-1, outputs, height, width], result)
    else
      this.add(
        'Add',
        [
          this.reshape(flat, [-1, outputs, height, width], step('unbiased')),
          this.reshape(bias, [outputs, 1, 1], step('bias')),
        ],
        result,
      )
  }

  private add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number>> = {},
  ): string {
    this.nodes.push({
      name: output,
      operator,
      domain: '',
      inputs,
      outputs: [output],
      attributes: typedAttributes(attributes),
    })
    return output
  }

  private reshape(value: string, shape: readonly number[], output: string): string {
    return this.add(
      'Reshape',
      [value, this.constant(`shape ${shape.join(' ')}`, (name) => tensorOf(name, 'int64', [shape.length], shape))],
      output,
    )
  }

  private matrix(name: string, shape: Shape, values: () => Float32Array): string {
    return this.constant(name, (full) => float32Tensor(full, shape, values()))
  }

  private constant(name: string, make: (name: string) => OnnxTensor): string {
    const full = `winograd/${name}`
    if (!this.constants.has(full)) this.constants.set(full, make(full))
    return full
  }
}
