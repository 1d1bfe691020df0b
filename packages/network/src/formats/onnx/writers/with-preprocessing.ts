import { NetworkError } from '../../../network-error.js'
import type { Network, Preprocessing } from '../../../network.js'
import type { OnnxModel } from '../onnx-model.js'
import { resizeExactly } from './exact-resize.js'
import { NodeList } from './node-list.js'

/** Key of the metadata that says what goes in: absent, or `image`. */
export const interfaceKey = 'graft.interface'
/** What the names of all values begin with that stand before the network. */
export const preprocessingPrefix = 'preprocessing/'

/**
 * The model with the network's preprocessing in front: its input is `image`, uint8 `[N, height, width, 3]`, red first,
 * of any size. The bytes that it makes of it are those that Graft makes, all of them (see `resizeExactly`). Throws
 * NetworkError for networks that don't take three channels.
 */
export function withPreprocessing(model: OnnxModel, network: Network): OnnxModel {
  if (network.input.shape.length !== 3 || network.input.shape[0] !== 3)
    throw new NetworkError(
      `${network.name} takes [${network.input.shape.join(', ')}] and not images of three channels, so that preprocessing can't be put into the file.`,
      'Export it without: format onnx.',
    )
  const { graph } = model
  const taken = new Set([
    ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    ...graph.initializers.map(({ name }) => name),
  ])
  const image = taken.has('image') ? 'image_bytes' : 'image'
  const front = new NodeList(preprocessingPrefix)
  prepare(front, image, network.preprocessing, network.input.name)
  return {
    ...model,
    docString: `${network.name}, made with Graft. Input "${image}": uint8 [N, height, width, 3], red, green, blue, any size; preprocessing is inside.`,
    metadata: { ...model.metadata, [interfaceKey]: 'image' },
    graph: {
      ...graph,
      nodes: [...front.nodes, ...graph.nodes],
      initializers: [...graph.initializers, ...front.constants],
      inputs: [{ name: image, type: 'uint8', shape: ['N', 'height', 'width', 3] }],
    },
  }
}

function prepare(list: NodeList, image: string, preprocessing: Preprocessing, result: string): void {
  const { height, width, interpolation, channelOrder, mean, deviation } = preprocessing
  const planes = list.add('Transpose', [image], { perm: [0, 3, 1, 2] })
  const size = list.add('Shape', [image], { start: 1, end: 3 })
  const { sizes, corners } = resized(list, size, preprocessing)
  const axis = (index: 0 | 1): Parameters<typeof resizeExactly>[2] => {
    const one = (value: string): string => list.add('Gather', [value, list.constant('int64', [index])], { axis: 0 })
    const places = { from: one(size), to: one(sizes), corner: one(corners) }
    return { axis: index === 0 ? 2 : 3, ...places, kept: index === 0 ? height : width }
  }
  const columns = resizeExactly(list, planes, axis(1), interpolation)
  const both = resizeExactly(list, columns, axis(0), interpolation)
  const ordered =
    channelOrder === 'rgb' ? both : list.add('Gather', [both, list.constant('int64', [2, 1, 0])], { axis: 1 })
  // In double precision, as Graft's loader does it.
  const perChannel = (values: readonly number[]): string => list.constant('float64', values, [1, 3, 1, 1])
  const factors = perChannel(deviation.map((value) => 1 / (255 * value)))
  const shifts = perChannel(mean.map((value, channel) => value / (deviation[channel] ?? 1)))
  const scaled = list.add('Mul', [list.add('Cast', [ordered], { to: 11 }), factors])
  list.add('Cast', [list.add('Sub', [scaled, shifts])], { to: 1 }, result)
}

/**
 * The size of the whole resized image (int64 `[2]`) and where the part that is kept begins (double `[2]`). Where images
 * are cropped: the shorter side to `size / cropFraction`, the other in proportion and rounded down, then the centre, its
 * corner rounded half to even: torchvision's `Resize` and `CenterCrop`, and what Graft does itself.
 */
function resized(
  list: NodeList,
  size: string,
  { height, width, resize, cropFraction }: Preprocessing,
): { readonly sizes: string; readonly corners: string } {
  if (resize === 'stretch')
    return { sizes: list.constant('int64', [height, width]), corners: list.constant('float64', [0, 0]) }
  const [rows = 1, columns = 1] = [height, width].map((side) => Math.floor(side / cropFraction + 1e-9))
  const turned = list.add('Gather', [size, list.constant('int64', [1, 0])], { axis: 0 })
  const product = list.add('Mul', [size, list.constant('int64', [columns, rows])])
  const inProportion = list.add('Div', [product, turned])
  const sizes = list.add('Max', [inProportion, list.constant('int64', [rows, columns])])
  const spare = list.add('Sub', [sizes, list.constant('int64', [height, width])])
  const half = list.add('Mul', [list.add('Cast', [spare], { to: 11 }), list.constant('float64', [0.5])])
  return { sizes, corners: list.add('Round', [half]) }
}
