import { must } from '@graft/errors'
import { listAttribute, numberAttribute } from '@graft/network/operators'
import { firstShape, parameterShape } from '../support/gradient-support.js'
import { type GraphMath, graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingCall } from '../support/training-rule.js'

/** Sizes of a convolution inside a training step. */
export interface ConvSizes {
  readonly batch: number
  readonly inputs: number
  readonly outputs: number
  readonly groups: number
  /** Height and width of input, output and kernel. */
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  /** Padding before, and the padding after that the windows reach. */
  readonly before: readonly [number, number]
  readonly after: readonly [number, number]
  /** Pixels after the last window that no window reads. */
  readonly unread: readonly [number, number]
}

export interface ConvContext<Call extends TrainingCall = GradientCall> {
  readonly call: Call
  readonly math: GraphMath
  readonly sizes: ConvSizes
}

/** A convolution's call, forward or for its gradients, with its sizes worked out. */
export function convContext<Call extends TrainingCall>(call: Call): ConvContext<Call> {
  return { call, math: graphMath(call.build), sizes: sizesOf(call) }
}

/** Values put together along an axis; a single one is left as it is. */
export const joined = ({ call }: ConvContext, values: readonly string[], axis: number): string =>
  values.length === 1 ? must(values[0], 'the value to join') : call.build.add('Concat', values, { axis })

function sizesOf(call: TrainingCall): ConvSizes {
  const [batch = 1, inputs = 1, ...from] = firstShape(call)
  const [, outputs = 1, ...to] = call.outputShape
  const kernel = parameterShape(call, 'weight').slice(2)
  const [strides, dilations, pads] = [
    listAttribute(call, 'strides'),
    listAttribute(call, 'dilations'),
    listAttribute(call, 'pads'),
  ]
  const reach = (axis: number): number =>
    ((to[axis] ?? 1) - 1) * (strides[axis] ?? 1) +
    ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) +
    1 -
    (pads[axis] ?? 0) -
    (from[axis] ?? 1)
  const pair = (list: readonly number[]): readonly [number, number] => [list[0] ?? 0, list[1] ?? 0]
  const reaches = [reach(0), reach(1)]
  return {
    batch,
    inputs,
    outputs,
    groups: numberAttribute(call, 'group'),
    from: pair(from),
    to: pair(to),
    kernel: pair(kernel),
    strides: pair(strides),
    dilations: pair(dilations),
    before: pair(pads),
    after: pair(reaches.map((pixels) => Math.max(0, pixels))),
    unread: pair(reaches.map((pixels) => Math.max(0, -pixels))),
  }
}
