import { FormatError } from '../../../weight-format.js'
import type { OnnxModel, OnnxModelNode, OnnxValueInfo } from '../onnx-model.js'
import type { FrontState, ImageAxes } from './front-state.js'
import { frontSteps } from './front-steps.js'
import { SmallNumbers } from './small-numbers.js'

/** Where a network begins behind the preparation of its images. */
export interface WalkedFront {
  /** The value that the network reads. */
  readonly name: string
  /** The nodes before it, in order. */
  readonly nodes: readonly OnnxModelNode[]
  readonly state: FrontState
}

/**
 * Follows an image of bytes from the graph's input to where the network begins, as if it had this size.
 * @throws FormatError naming the node that prepares it in a way that Graft can't take over
 */
export function walkFront(model: OnnxModel, image: OnnxValueInfo, size: readonly [number, number]): WalkedFront {
  const { nodes, outputs } = model.graph
  const shapes = new Map<string, readonly number[]>()
  const numbers = new SmallNumbers(model, shapes)
  const passed: OnnxModelNode[] = []
  let name = image.name
  let state = beginning(image, size)
  for (;;) {
    shapes.set(name, state.shape)
    const readers = nodes.filter(({ operator, inputs }) => operator !== 'Shape' && inputs.includes(name))
    const [reader] = readers
    const step = reader !== undefined && reader.domain === '' ? frontSteps[reader.operator] : undefined
    const isAlone = readers.length === 1 && !outputs.some((output) => output.name === name)
    const next = reader !== undefined && isAlone ? step?.(state, reader, numbers, reader.inputs.indexOf(name)) : null
    if (reader === undefined || next === null || next === undefined) {
      if (state.isFloat) return { name, nodes: passed, state }
      throw refused(image, readers)
    }
    passed.push(reader)
    state = next
    name = reader.outputs[0] ?? ''
  }
}

function refused({ name, type }: OnnxValueInfo, [node, ...others]: readonly OnnxModelNode[]): FormatError {
  const what =
    node === undefined
      ? 'nothing reads it'
      : others.length > 0
        ? `${others.length + 1} nodes read it apart (${node.operator} "${node.name || (node.outputs[0] ?? '')}" and others)`
        : `node "${node.name || (node.outputs[0] ?? '')}" (${node.operator}) does something with its bytes that is none of scaling, normalisation, layout, resizing and cutting`
  return new FormatError(
    `The input "${name}" of the ONNX graph is of type ${type ?? 'unknown'}, and ${what}. Expected float32 images, or bytes that are prepared by those.`,
    'Export the model without its preprocessing, with float32 images as input, and set how images are prepared in Load Backbone.',
  )
}

/** Axes of the input by its sizes: channels are three (or one, or four), and lie last where nothing says otherwise. */
function beginning({ shape }: OnnxValueInfo, [rows, columns]: readonly [number, number]): FrontState {
  const axes = axesOf(shape ?? [])
  const rank = axes.batch === null ? 3 : 4
  const channels = shape?.[axes.channels]
  const count = typeof channels === 'number' && channels > 0 ? channels : 3
  const sizes = Array.from({ length: rank }, (_, axis) =>
    axis === axes.channels ? count : axis === axes.rows ? rows : axis === axes.columns ? columns : 1,
  )
  return {
    shape: sizes,
    axes,
    isFloat: false,
    factors: new Array<number>(count).fill(1),
    shifts: new Array<number>(count).fill(0),
    isReversed: false,
    resized: null,
    cropped: null,
  }
}

const isChannels = (size: number | string | undefined): boolean => size === 1 || size === 3 || size === 4

/** Of `[batch,] rows, columns, channels` or `[batch,] channels, rows, columns`. */
export function axesOf(shape: readonly (number | string)[]): ImageAxes {
  const batch = shape.length === 4 ? 0 : null
  const start = batch === null ? 0 : 1
  return isChannels(shape[start]) && !isChannels(shape.at(-1))
    ? { batch, channels: start, rows: start + 1, columns: start + 2 }
    : { batch, rows: start, columns: start + 1, channels: start + 2 }
}
