import type { Preprocessing } from '../network.js'

/** How a pixel's values become the network's numbers. */
export type Scaling = Pick<Preprocessing, 'channelOrder' | 'mean' | 'deviation'>

export interface NamedScaling extends Scaling {
  readonly id: string
  /** What comes out, for people. */
  readonly title: string
}

/** The usual scalings, by the names that settings use; `mean` and `deviation` of values from 0 to 1. */
export const namedScalings = [
  {
    id: 'imagenet',
    title: "ImageNet's mean and deviation (torchvision)",
    channelOrder: 'rgb',
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  },
  {
    id: 'minus-one-to-one',
    title: 'scaled to -1..1',
    channelOrder: 'rgb',
    mean: [0.5, 0.5, 0.5],
    deviation: [0.5, 0.5, 0.5],
  },
  { id: 'zero-to-one', title: 'scaled to 0..1', channelOrder: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] },
  {
    id: 'zero-to-255',
    title: 'raw values 0..255',
    channelOrder: 'rgb',
    mean: [0, 0, 0],
    deviation: [1 / 255, 1 / 255, 1 / 255],
  },
  {
    id: 'caffe',
    title: "raw values less ImageNet's mean (Caffe, Keras's ResNet50 and VGG)",
    channelOrder: 'bgr',
    mean: [103.939 / 255, 116.779 / 255, 123.68 / 255],
    deviation: [1 / 255, 1 / 255, 1 / 255],
  },
  {
    id: 'clip',
    title: "CLIP's mean and deviation",
    channelOrder: 'rgb',
    mean: [0.48145466, 0.4578275, 0.40821073],
    deviation: [0.26862954, 0.26130258, 0.27577711],
  },
] as const satisfies readonly NamedScaling[]

export type ScalingName = (typeof namedScalings)[number]['id']

/** The scaling of a name. */
export function scalingNamed(id: ScalingName): Scaling {
  const { channelOrder, mean, deviation } = namedScalings.find((scaling) => scaling.id === id) ?? namedScalings[0]
  return { channelOrder, mean, deviation }
}

/** The same colours scaled in the same way, listed in the other order. */
export function inOrder({ channelOrder, mean, deviation }: Scaling, wanted: Preprocessing['channelOrder']): Scaling {
  const turned = ([first, second, third]: Preprocessing['mean']): Preprocessing['mean'] =>
    channelOrder === wanted ? [first, second, third] : [third, second, first]
  return { channelOrder: wanted, mean: turned(mean), deviation: turned(deviation) }
}

/** A known scaling's title, or its numbers; whatever the order of channels. */
export function nameOfScaling(scaling: Scaling): string {
  const known = namedScalings.find((named) => sameNumbers(inOrder(named, scaling.channelOrder), scaling))
  if (known !== undefined) return known.title
  const list = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(4))).join(', ')
  return `(value / 255 - [${list(scaling.mean)}]) / [${list(scaling.deviation)}]`
}

/** Whether two scalings give the same numbers, rounding aside. */
export function sameNumbers(left: Scaling, right: Scaling): boolean {
  const allClose = (of: 'mean' | 'deviation'): boolean =>
    left[of].every((value, channel) => isClose(value, right[of][channel] ?? Number.NaN))
  return left.channelOrder === right.channelOrder && allClose('mean') && allClose('deviation')
}

const isClose = (left: number, right: number): boolean =>
  Math.abs(left - right) <= 5e-3 * Math.max(Math.abs(left), Math.abs(right)) + 1e-6
