import type { Preprocessing } from '../../../network.js'
import type { PreprocessingOrigin } from '../../../preprocessing-origin.js'
import { FormatError } from '../../../weight-format.js'
import type { OnnxModel, OnnxModelNode, OnnxValueInfo } from '../onnx-model.js'
import { tensorValues } from '../onnx-tensor.js'
import { type FrontState, sizeOf } from './front-state.js'
import { axesOf, walkFront, type WalkedFront } from './walk-front.js'

/** A model that takes prepared values again, and how its file prepared them. */
export interface WithoutFront {
  readonly model: OnnxModel
  readonly preparation: Partial<Preprocessing>
  readonly origin: PreprocessingOrigin
}

/** Sizes that images may have had: what becomes of them tells how they are resized. */
const probes = [
  [400, 500],
  [640, 480],
  [700, 300],
] as const

/**
 * A model whose images are bytes, without the steps that prepare them in its graph; null where it takes no bytes. What
 * they were becomes the network's preprocessing.
 * @throws FormatError naming what Graft's own preparation can't do
 */
export function withoutFront(model: OnnxModel): WithoutFront | null {
  const image = imageOfBytes(model)
  if (image === null) return null
  const walks = sizesOf(image).map((size) => ({ size, ...walkFront(model, image, size) }))
  const [walk] = walks
  if (walk === undefined) return null
  const { factors, shifts, shape, axes } = walk.state
  if (axes.batch === null)
    throw refused(image, 'no batch axis is added to its single image', 'Export the model for batches of images.')
  const geometry = geometryOf(image, walks)
  const deviation = factors.map((factor) => 1 / (255 * factor))
  const mean = shifts.map((shift, channel) => -shift * (deviation[channel] ?? 1))
  if (!deviation.every((value) => Number.isFinite(value) && value > 0))
    throw refused(image, 'its bytes are not scaled by positive factors', 'Export the model without its preprocessing.')
  const sizes = shape.map((size, axis) =>
    axis === axes.batch ? 'N' : isSide(axis, walk.state) && geometry.open ? `side${axis}` : size,
  )
  return {
    model: behind(model, image, walk, sizes),
    preparation: {
      ...geometry.preparation,
      mean: triple(mean),
      deviation: triple(deviation),
      channelOrder: walk.state.isReversed ? 'bgr' : 'rgb',
    },
    origin: {
      how: 'graph',
      reason: `the steps in front of the network prepare its images so (${walk.nodes.map(({ operator }) => operator).join(', ')})${geometry.remark}`,
      certain: true,
    },
  }
}

const isSide = (axis: number, { axes }: FrontState): boolean => axis === axes.rows || axis === axes.columns

/** Float32 keeps seven digits: 0.485 shall not become 0.48500000000000004. */
const tidy = (value: number): number => Number(value.toPrecision(6)) + 0
const triple = (values: readonly number[]): [number, number, number] => {
  const [first = 0, second = first, third = first] = values.map(tidy)
  return [first, second, third]
}

function imageOfBytes({ graph }: OnnxModel): OnnxValueInfo | null {
  const weights = new Set(graph.initializers.map(({ name }) => name))
  const inputs = graph.inputs.filter(({ name }) => !weights.has(name))
  const [image] = inputs
  const rank = image?.shape?.length
  return inputs.length === 1 && image?.type === 'uint8' && (rank === 4 || rank === 3) ? image : null
}

function sizesOf({ shape }: OnnxValueInfo): readonly (readonly [number, number])[] {
  const { rows, columns } = axesOf(shape ?? [])
  return probes.map(([height, width]) => [given(shape?.[rows], height), given(shape?.[columns], width)])
}

const given = (size: number | string | undefined, otherwise: number): number =>
  typeof size === 'number' && size > 0 ? size : otherwise

interface Geometry {
  readonly preparation: Partial<Preprocessing>
  /** The network takes images of any size. */
  readonly open: boolean
  readonly remark: string
}

type Walk = WalkedFront & { readonly size: readonly [number, number] }

/** How images of several sizes are brought to the network's. */
function geometryOf(image: OnnxValueInfo, walks: readonly Walk[]): Geometry {
  const ends = walks.map(({ state }) => sizeOf(state))
  const [height, width] = ends[0] ?? [0, 0]
  const isFixed = ends.every(([rows, columns]) => rows === height && columns === width)
  const resizes = walks.flatMap(({ state }) => (state.resized === null ? [] : [state.resized]))
  const isCut = walks.some(({ state }) => state.cropped !== null)
  if (resizes.length === 0 && !isCut)
    return isFixed && walks.every(({ size }) => size.join() === walks[0]?.size.join())
      ? { preparation: { height, width }, open: !hasSize(image), remark: '' }
      : { preparation: {}, open: true, remark: '' }
  if (!isFixed || resizes.length === 0)
    throw refused(
      image,
      'after what is resized or cut in front of the network its size still hangs on the image',
      'Export the model without its preprocessing, for images of one size.',
    )
  const [how] = resizes
  const remark = how?.antialias === true ? '' : '; its own resizing takes single pixels where Graft takes averages'
  const interpolation = how?.mode === 'cubic' ? 'bicubic' : 'bilinear'
  const common = { height, width, interpolation } as const
  if (!isCut) return { preparation: { ...common, resize: 'stretch', cropFraction: 1 }, open: false, remark }
  const shorter = shorterSide(walks)
  if (shorter === null)
    throw refused(
      image,
      'its preprocessing cuts out something else than the middle of an image that was resized by its shorter side',
      'Export the model without its preprocessing, and set how images are prepared in Load Backbone.',
    )
  return {
    preparation: { ...common, resize: 'crop', cropFraction: Math.min(height, width) / shorter },
    open: false,
    remark,
  }
}

const hasSize = ({ shape }: OnnxValueInfo): boolean => {
  const { rows, columns } = axesOf(shape ?? [])
  return [shape?.[rows], shape?.[columns]].every((size) => typeof size === 'number' && size > 0)
}

/** What the shorter side is resized to, where the other follows in proportion and the middle is kept; else null. */
function shorterSide(walks: readonly Walk[]): number | null {
  const [first] = walks
  const side = Math.min(...(first?.state.resized?.size ?? [0]))
  const fits = walks.every(({ size, state }) => {
    const [rows = 0, columns = 0] = state.resized?.size ?? []
    const [height, width] = sizeOf(state)
    const [top = 0, left = 0] = state.cropped?.corner ?? []
    const inProportion = Math.abs(rows / columns / (size[0] / size[1]) - 1) < 0.02
    const isMiddle = Math.abs(top - (rows - height) / 2) <= 1 && Math.abs(left - (columns - width) / 2) <= 1
    return Math.min(rows, columns) === side && inProportion && isMiddle
  })
  return fits && side > 0 ? side : null
}

/** The graph from where the network begins. */
function behind(
  model: OnnxModel,
  image: OnnxValueInfo,
  { name, nodes }: WalkedFront,
  shape: readonly (number | string)[],
): OnnxModel {
  const { graph } = model
  const passed = new Set(nodes)
  const images = new Set([image.name, ...nodes.flatMap(({ outputs }) => outputs)])
  const reading = (node: OnnxModelNode): OnnxModelNode =>
    node.operator === 'Shape' && images.has(node.inputs[0] ?? '') && countsImages(node, graph.nodes)
      ? { ...node, inputs: [name] }
      : node
  return {
    ...model,
    graph: {
      ...graph,
      nodes: graph.nodes.filter((node) => !passed.has(node)).map(reading),
      inputs: [...graph.inputs.filter((input) => input !== image), { name, type: 'float32', shape }],
    },
  }
}

/** Whether nothing but the number of images of a batch is taken of a shape; that is the same for what the network reads. */
function countsImages({ attributes, outputs }: OnnxModelNode, nodes: readonly OnnxModelNode[]): boolean {
  if ((attributes['start']?.value ?? 0) === 0 && attributes['end']?.value === 1) return true
  const readers = nodes.filter(({ inputs }) => inputs.some((input) => outputs.includes(input)))
  return (
    readers.length > 0 && readers.every(({ operator, inputs }) => operator === 'Gather' && isNought(inputs[1], nodes))
  )
}

/** A constant of one zero. */
function isNought(name: string | undefined, nodes: readonly OnnxModelNode[]): boolean {
  const constant = nodes.find(({ operator, outputs }) => operator === 'Constant' && outputs[0] === name)
  const tensor = constant?.attributes['value']
  return tensor?.kind === 'tensor' && tensorValues(tensor.value).every((value) => value === 0)
}

const refused = ({ name }: OnnxValueInfo, what: string, fix: string): FormatError =>
  new FormatError(`The input "${name}" of the ONNX graph takes bytes, and ${what}.`, fix)
