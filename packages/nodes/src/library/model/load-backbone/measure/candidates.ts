import { inOrder, namedScalings, type Preprocessing, type Scaling } from '@graft/network'

/** CLIP's is too close to ImageNet's to be told from it. */
const told = namedScalings.filter(({ id }) => id !== 'clip')

/** Scalings that are tried, each in both orders of the channels; the likelier first. */
export const candidates: readonly Scaling[] = [
  ...told.map((named) => inOrder(named, named.channelOrder)),
  ...told.map((named) => inOrder(named, named.channelOrder === 'rgb' ? 'bgr' : 'rgb')),
]

/** Values from 0 to 1 of red, green and blue as the network gets them. */
export function scaled(colours: Float32Array, area: number, { channelOrder, mean, deviation }: Scaling): Float32Array {
  const result = new Float32Array(colours.length)
  const images = colours.length / (3 * area)
  for (let plane = 0; plane < 3 * images; plane++) {
    const channel = plane % 3
    const from = plane - channel + (channelOrder === 'rgb' ? channel : 2 - channel)
    const [shift, divisor] = [mean[channel] ?? 0, deviation[channel] ?? 1]
    for (let position = 0; position < area; position++)
      result[plane * area + position] = ((colours[from * area + position] ?? 0) - shift) / divisor
  }
  return result
}

/** The same numbers whatever the order of channels. */
export const sameScaling = (left: Scaling, right: Scaling): boolean => {
  const turned = inOrder(right, left.channelOrder)
  return (['mean', 'deviation'] as const).every((of) => left[of].join() === turned[of].join())
}

export type Order = Preprocessing['channelOrder']
