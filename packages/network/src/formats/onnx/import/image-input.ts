import type { Shape } from '../../../operator.js'
import { FormatError } from '../../../weight-format.js'
import type { OnnxGraph, OnnxValueInfo } from '../onnx-model.js'
import { batchMarker, isFloat } from '../values/graph-value.js'

/** The graph input that takes the images. */
export interface ImageInput {
  readonly name: string
  /** `[batchMarker, channels, height, width]`. */
  readonly shape: Shape
  /** The file's own input is `[batch, height, width, channels]`. */
  readonly channelsLast: boolean
  /** Batch size the file is fixed to; 1 when dynamic. */
  readonly tracedBatch: number
  readonly note: string | null
}

export const standardSize = 224

/** Sizes that networks are commonly made for, the commonest first: tried where a file leaves its own open. */
export const commonSizes = [
  standardSize,
  384,
  256,
  299,
  336,
  448,
  512,
  518,
  240,
  260,
  288,
  300,
  320,
  380,
  192,
  160,
  128,
  96,
  64,
  48,
  32,
  28,
]
const channelCounts = [1, 3, 4]

/**
 * Finds the one image input among the graph inputs that aren't weights. Symbolic heights and widths become `size`.
 * Throws FormatError when there are none or several, or it isn't a float image.
 */
export function findImageInput(graph: OnnxGraph, size: number): ImageInput {
  const initializers = new Set(graph.initializers.map((tensor) => tensor.name))
  const used = new Set(graph.nodes.flatMap((node) => node.inputs))
  const inputs = graph.inputs.filter((input) => !initializers.has(input.name) && used.has(input.name))
  const [input] = inputs
  if (input === undefined)
    throw new FormatError(
      'The ONNX graph has no input that its nodes use. Expected one image input [batch, channels, height, width].',
      'Export the model again.',
    )
  if (inputs.length > 1)
    throw new FormatError(
      `The ONNX graph has ${inputs.length} inputs: ${inputs
        .slice(0, 8)
        .map((entry) => entry.name)
        .join(', ')}. Expected one image input.`,
      'Only classifiers of single images are supported.',
    )
  return describeInput(input, size)
}

function describeInput(input: OnnxValueInfo, standard: number): ImageInput {
  const { name, type, shape } = input
  if (type === null || !isFloat(type))
    throw new FormatError(
      `The input "${name}" of the ONNX graph is of type ${type ?? 'unknown'}. Expected float32 images.`,
      'Export the model without the conversion from bytes.',
    )
  if (shape === null || shape.length !== 4)
    throw new FormatError(
      `The input "${name}" of the ONNX graph has the shape [${shape?.join(', ') ?? 'unknown'}]. Expected an image [batch, channels, height, width].`,
      'Export the model with an explicit input shape.',
    )
  const [batch, second, third, last] = shape
  const channelsLast =
    typeof last === 'number' &&
    channelCounts.includes(last) &&
    !(typeof second === 'number' && channelCounts.includes(second)) &&
    !(typeof third === 'number' && third <= last)
  const [channels, height, width] = channelsLast ? [last, second, third] : [second, third, last]
  const resolved = [
    channels === undefined || typeof channels === 'string' ? 3 : channels,
    sizeOf(height, standard),
    sizeOf(width, standard),
  ]
  if (resolved.some((size) => size < 1 || size > 65_536))
    throw new FormatError(
      `The input "${name}" of the ONNX graph has the shape [${shape.join(', ')}]. Expected positive sizes up to 65536.`,
      'The file is damaged, export the model again.',
    )
  const symbolic = [height, width].some((size) => typeof size !== 'number' || size <= 0)
  return {
    name,
    shape: [batchMarker, ...resolved],
    channelsLast,
    tracedBatch: typeof batch === 'number' && batch > 0 ? batch : 1,
    note: symbolic ? `image size not fixed in the file: read for ${resolved[1]} x ${resolved[2]}` : null,
  }
}

/** -1 and 0 are how some exporters write "any". */
function sizeOf(size: number | string | undefined, standard: number): number {
  return typeof size === 'number' && size > 0 ? size : standard
}

/** Whether the height or width of the images isn't fixed in the file. */
export const leavesSizeOpen = ({ graph }: { readonly graph: OnnxGraph }): boolean => {
  const weights = new Set(graph.initializers.map(({ name }) => name))
  const image = graph.inputs.find(({ name, shape }) => !weights.has(name) && shape?.length === 4)
  return image?.shape?.slice(1).some((size) => typeof size !== 'number' || size <= 0) ?? false
}
