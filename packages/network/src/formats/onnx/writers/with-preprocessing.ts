import { NetworkError } from '../../../network-error.js'
import type { AttributeValue, Network, Preprocessing } from '../../../network.js'
import { type OnnxModel, type OnnxModelNode, typedAttributes } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from '../onnx-tensor.js'
import { toOpset18 } from './to-opset-18.js'

/** Key of the metadata that says what goes in: absent, or `image`. */
export const interfaceKey = 'graft.interface'

/**
 * The model with the network's preprocessing in front: its input is `image`, uint8 `[N, height, width, 3]`, red first,
 * of any size. Resizing is ONNX's with antialias on bytes, which rounds as Pillow does between its two passes: of the
 * bytes that Graft feeds the network, one in some thousands differs, by 1. Opset 18, since that has antialias. Throws
 * NetworkError for networks that don't take three channels.
 */
export function withPreprocessing(model: OnnxModel, network: Network): OnnxModel {
  if (network.input.shape.length !== 3 || network.input.shape[0] !== 3)
    throw new NetworkError(
      `${network.name} takes [${network.input.shape.join(', ')}] and not images of three channels, so that preprocessing can't be put into the file.`,
      'Export it without: format onnx.',
    )
  const raised = toOpset18(model)
  const { graph } = raised
  const taken = new Set([
    ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    ...graph.initializers.map(({ name }) => name),
  ])
  const image = taken.has('image') ? 'image_bytes' : 'image'
  const front = new Front(image)
  front.prepare(network.preprocessing, network.input.name)
  return {
    ...raised,
    docString: `${network.name}, made with Graft. Input "${image}": uint8 [N, height, width, 3], red, green, blue, any size; preprocessing is inside.`,
    metadata: { ...raised.metadata, [interfaceKey]: 'image' },
    graph: {
      ...graph,
      nodes: [...front.nodes, ...graph.nodes],
      initializers: [...graph.initializers, ...front.constants],
      inputs: [{ name: image, type: 'uint8', shape: ['N', 'height', 'width', 3] }],
    },
  }
}

/** The nodes in front; values are called `preprocessing/...`. */
class Front {
  readonly nodes: OnnxModelNode[] = []
  readonly constants: OnnxTensor[] = []

  constructor(private readonly image: string) {}

  prepare(preprocessing: Preprocessing, result: string): void {
    const sized = preprocessing.resize === 'stretch' ? this.stretch(preprocessing) : this.crop(preprocessing)
    const ordered =
      preprocessing.channelOrder === 'rgb' ? sized : this.add('Gather', [sized, this.integers([2, 1, 0])], { axis: 3 })
    const { mean, deviation } = preprocessing
    const scale = deviation.map((value) => 1 / (255 * value))
    const shift = mean.map((value, channel) => value / (deviation[channel] ?? 1))
    const float = this.add('Cast', [ordered], { to: 1 })
    const scaled = this.add('Mul', [float, this.floats(scale)])
    const shifted = this.add('Sub', [scaled, this.floats(shift)])
    this.add('Transpose', [shifted], { perm: [0, 3, 1, 2] }, result)
  }

  private stretch({ height, width, interpolation }: Preprocessing): string {
    return this.resize(this.integers([height, width]), interpolation)
  }

  /**
   * The shorter side to `size / cropFraction`, the other in proportion and rounded down, then the centre, its corner
   * rounded half to even: torchvision's `Resize` and `CenterCrop`, and what Graft does itself.
   */
  private crop({ height, width, cropFraction, interpolation }: Preprocessing): string {
    const wanted = [height, width].map((size) => Math.floor(size / cropFraction + 1e-9)) as [number, number]
    const size = this.add('Shape', [this.image], { start: 1, end: 3 })
    const turned = this.add('Gather', [size, this.integers([1, 0])], { axis: 0 })
    const product = this.add('Mul', [size, this.integers([wanted[1], wanted[0]])])
    const inProportion = this.add('Div', [product, turned])
    const sizes = this.add('Max', [inProportion, this.integers(wanted)])
    const resized = this.resize(sizes, interpolation)
    const kept = this.integers([height, width])
    const spare = this.add('Cast', [this.add('Sub', [sizes, kept])], { to: 1 })
    const corner = this.add('Cast', [this.add('Round', [this.add('Mul', [spare, this.floats([0.5])])])], { to: 7 })
    const end = this.add('Add', [corner, kept])
    return this.add('Slice', [resized, corner, end, this.integers([1, 2])])
  }

  private resize(sizes: string, interpolation: Preprocessing['interpolation']): string {
    return this.add('Resize', [this.image, '', '', sizes], {
      axes: [1, 2],
      antialias: 1,
      mode: interpolation === 'bilinear' ? 'linear' : 'cubic',
      coordinate_transformation_mode: 'half_pixel',
      ...(interpolation === 'bicubic' && { cubic_coeff_a: -0.5, exclude_outside: 1 }),
    })
  }

  private add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = `preprocessing/${this.nodes.length}_${operator}`,
  ): string {
    const typed = typedAttributes(attributes)
    this.nodes.push({ name: output, operator, domain: '', inputs, outputs: [output], attributes: typed })
    return output
  }

  private integers(values: readonly number[]): string {
    return this.constant(tensorOf('', 'int64', [values.length], values))
  }

  private floats(values: readonly number[]): string {
    return this.constant(float32Tensor('', [values.length], Float32Array.from(values)))
  }

  private constant(tensor: OnnxTensor): string {
    const name = `preprocessing/constant_${this.constants.length}`
    this.constants.push({ ...tensor, name })
    return name
  }
}
