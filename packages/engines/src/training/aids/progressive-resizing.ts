import { inferShapes, type Network } from '@graft/network'
import { z } from 'zod'
import { EngineError } from '../../engine.js'
import { defineAid } from './aid.js'

/** Sizes that a training goes through, the full one included. */
const sizes = 3
/** Networks halve images up to five times, so sizes are multiples of this where they can be. */
const grain = 32

/** The first epochs see small images, which cost less (Howard 2018, fast.ai's DAWNBench entry; Tan and Le 2021, arXiv 2104.00298). */
export const progressiveResizing = defineAid({
  name: 'progressive-resizing',
  fields: {
    startSize: z.int().min(0).max(4096).default(0).meta({
      title: 'Image size at the start',
      description:
        'Training begins with images of this many pixels a side, goes on in the middle and ends at full size, a third of the epochs each; the best epoch is one at full size. Half the size is a quarter of the work. For networks that take images of any size and train as a whole. 0: full size throughout.',
      unit: 'pixels',
      advanced: true,
    }),
  },
  isOn: ({ startSize }) => startSize > 0,
  tell: ({ startSize }) => `Images that grow from ${startSize} pixels a side to full size.`,
  course: {
    part: ({ epoch, epochs }, network, { startSize }) => {
      const part = Math.floor((epoch * sizes) / epochs)
      return part < sizes - 1 && startSize < fullSize(network) ? part : null
    },
    network: (network, part, { startSize }) => {
      const full = fullSize(network)
      const wanted = startSize + ((full - startSize) * part) / (sizes - 1)
      return atSize(network, part === 0 ? startSize : Math.min(full, Math.round(wanted / grain) * grain || grain))
    },
  },
})

const fullSize = ({ input }: Network): number => Math.min(input.shape[1] ?? 0, input.shape[2] ?? 0)

/** The same network for images whose shorter side is `size`. Throws EngineError where it takes only those it has. */
function atSize(network: Network, size: number): Network {
  const [channels = 3, height = 0, width = 0] = network.input.shape
  const scaled = (side: number): number => Math.round((side * size) / fullSize(network))
  const shape = [channels, scaled(height), scaled(width)]
  const smaller: Network = {
    ...network,
    input: { ...network.input, shape },
    preprocessing: { ...network.preprocessing, height: scaled(height), width: scaled(width) },
  }
  const refuse = (why: string, cause?: unknown): never => {
    throw new EngineError(
      `${network.name} can't be trained on images of ${size} pixels: ${why}. Expected a network that takes images of any size.`,
      'Set startSize to 0, or to a larger size; transformers and networks without pooling before their last layers take images of one size only.',
      { cause },
    )
  }
  try {
    const outputs = [inferShapes(network), inferShapes(smaller)].map((shapes) => shapes.get(network.output)?.join())
    if (outputs[0] !== outputs[1]) refuse('it would give other outputs')
  } catch (error) {
    if (error instanceof EngineError) throw error
    refuse('its layers do not fit', error)
  }
  return smaller
}
