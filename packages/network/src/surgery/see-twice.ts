import { channelAxis } from './channel-axis.js'
import { inferShapes } from '../infer-shapes.js'
import { NetworkError } from '../network-error.js'
import type { Layer, Network, Stage } from '../network.js'
import { findStage, finishEdit, headStage } from './edit.js'

/** Share of the image's sides that is looked at more closely: what is usual to be cut out of an image. */
const middle = 7 / 8
/** The layer that makes the whole image smaller. */
const whole = 'image_whole'
/** What the layers are called that look at the whole image. */
const suffix = '.whole'

/**
 * The network that sees every image twice, the middle of it closely and the whole of it from further away: the input
 * grows, its middle of the old size goes through the network as before, and the whole, made smaller, goes through copies
 * of all layers that share its weights. At the end of every stage both values are joined, so that a head reads both. No
 * weight is added; the work doubles.
 * @throws NetworkError when the network has a head, sees images twice already, or a stage ends in something else than a map
 */
export function seeTwice(network: Network): Network {
  const [channels = 0, height = 0, width = 0] = network.input.shape
  refuse(network)
  const [tall, wide] = [Math.round(height / middle), Math.round(width / middle)]
  const [top, left] = [(tall - height) >> 1, (wide - width) >> 1]
  const { name } = network.input
  const views: readonly Layer[] = [
    layerOf('image_middle', 'Slice', [name], {
      ...{ starts: [top, left], ends: [top + height, left + width], axes: [2, 3], steps: [1, 1] },
    }),
    layerOf(whole, 'Resize', [name], { mode: 'linear', height, width }),
  ]
  const own = new Set(network.layers.map((layer) => layer.name))
  const near = (input: string): string => (input === name ? 'image_middle' : input)
  const far = (input: string): string => (input === name ? whole : own.has(input) ? input + suffix : input)
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const stages = network.stages.map((stage, index) => twinned(stage, index === 0 ? views : []))
  const added: Layer[] = stages.flatMap((stage) =>
    stage.layers.map((layer) => {
      const known = layers.get(layer)
      if (known !== undefined) return { ...known, inputs: known.inputs.map(near) }
      const copied = layers.get(layer.slice(0, -suffix.length))
      if (copied !== undefined) return { ...copied, name: layer, inputs: copied.inputs.map(far) }
      const end = layer.slice(0, -joined.length)
      return (
        views.find((view) => view.name === layer) ??
        layerOf(layer, 'Concat', [end, end + suffix], { axis: channelAxis(network, end) })
      )
    }),
  )
  return finishEdit(
    {
      ...network,
      input: { ...network.input, shape: [channels, tall, wide] },
      preprocessing: { ...network.preprocessing, height: tall, width: wide, resize: 'stretch', cropFraction: 1 },
      ...{ layers: added, stages, output: network.output + joined },
    },
    'sees the middle and the whole of an image',
  )
}

const joined = '.both'

/** Does it see the middle and the whole already? */
export const seesTwice = ({ layers }: Pick<Network, 'layers'>): boolean => layers.some(({ name }) => name === whole)

/** A stage's layers, their copies, and what joins the values of both. */
const twinned = (stage: Stage, before: readonly Layer[]): Stage => ({
  ...stage,
  layers: [
    ...before.map((layer) => layer.name),
    ...stage.layers,
    ...stage.layers.map((layer) => layer + suffix),
    `${stage.layers.at(-1)}${joined}`,
  ],
})

const layerOf = (
  name: string,
  operator: string,
  inputs: readonly string[],
  attributes: Layer['attributes'],
): Layer => ({ name, operator, inputs, parameters: {}, attributes })

function refuse(network: Network): void {
  if (findStage(network, headStage))
    throw new NetworkError(`${network.name} has a head, which reads one value.`, 'Strip it first (Strip Head).')
  if (seesTwice(network)) throw new NetworkError(`${network.name} sees images twice already.`, 'Do so once.')
  const shapes = inferShapes(network)
  const ends = network.stages.map((stage) => stage.layers.at(-1) ?? '')
  const odd = ends.find((end) => shapes.get(end)?.length !== 4)
  if (odd !== undefined || ends.at(-1) !== network.output)
    throw new NetworkError(
      `${network.name} can't see images twice: ${odd ?? network.output} is no feature map at the end of a stage.`,
      'Take a convolutional network.',
    )
}
