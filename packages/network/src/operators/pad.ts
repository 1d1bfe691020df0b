import type { Tensor } from '@tensorflow/tfjs-core'
import type { GradientCall, Operator, Shape, ShapeCall } from '../operator.js'
import { choiceAttribute, listAttribute, numberAttribute } from './attributes.js'
import { axisIn } from './broadcast.js'
import { firstShape, graphMath, scatterAlong } from './gradient-support.js'
import { firstInput, shapeError } from './shape-support.js'
import { selectAlong } from './slicing.js'
import { firstValue, plainShape } from './value-support.js'

const modes = ['constant', 'reflect', 'edge'] as const

/** Adds entries around a value; `pads` lists the amounts before every axis, then those after. */
export const pad: Operator = {
  name: 'Pad',
  parameters: {},
  arity: 1,
  attributes: { pads: null, mode: 'constant', value: 0 },
  shape: (call) => {
    const input = firstInput(call)
    return amounts(call, input).map(([before, after], axis) => before + (input[axis] ?? 0) + after)
  },
  forward: (call) => {
    const { tf } = call
    const value = firstValue(call)
    const shape = plainShape(value)
    const margins = amounts(call, shape)
    const mode = choiceAttribute(call, 'mode', modes)
    if (mode === 'constant') {
      const inLayout: [number, number][] = shape.map(() => [0, 0])
      margins.forEach(([before, after], axis) => (inLayout[axisIn(value.layout, axis)] = [before, after]))
      return { tensor: tf.pad(value.tensor, inLayout, numberAttribute(call, 'value')), layout: value.layout }
    }
    // tf.mirrorPad's gradient forgets the mirrored entries.
    const tensor = margins.reduce<Tensor>((padded, [before, after], axis) => {
      if (before + after === 0) return padded
      return selectAlong(tf, padded, axisIn(value.layout, axis), sources(mode, shape[axis] ?? 1, before, after))
    }, value.tensor)
    return { tensor, layout: value.layout }
  },
  toOnnx: (call) => {
    const mode = choiceAttribute(call, 'mode', modes)
    const fill = mode === 'constant' ? [call.floats('value', [], [numberAttribute(call, 'value')])] : []
    return [
      {
        operator: 'Pad',
        inputs: [...call.inputs, call.integers('pads', listAttribute(call, 'pads')), ...fill],
        outputs: [call.output],
        attributes: { mode },
      },
    ]
  },
  gradient: (call) => ({ inputs: [padGradient(call)] }),
}

function amounts(call: Pick<ShapeCall, 'layer' | 'attributes'>, input: Shape): readonly (readonly [number, number])[] {
  const pads = listAttribute(call, 'pads')
  const reflects = choiceAttribute(call, 'mode', modes) === 'reflect'
  const pairs = input.map((_, axis) => [pads[axis] ?? 0, pads[axis + input.length] ?? 0] as const)
  const fits = pairs.every(
    ([before, after], axis) => before >= 0 && after >= 0 && (!reflects || Math.max(before, after) < (input[axis] ?? 1)),
  )
  if (pads.length === 2 * input.length && fits) return pairs
  throw shapeError(
    { layer: call.layer, inputs: [input] },
    `${2 * input.length} pads of at least 0 (below the axis' size to reflect), they are [${pads.join(', ')}]`,
    'Correct pads; crop with Slice instead of negative pads.',
  )
}

/** Which entry every entry of the padded axis repeats. */
function sources(mode: 'reflect' | 'edge', size: number, before: number, after: number): number[] {
  return Array.from({ length: before + size + after }, (_, position) => {
    const index = position - before
    if (mode === 'edge') return Math.min(size - 1, Math.max(0, index))
    return index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index
  })
}

function padGradient(call: GradientCall): string {
  const input = firstShape(call)
  const mode = choiceAttribute(call, 'mode', modes)
  const margins = amounts(call, input)
  if (mode === 'constant') {
    const padded = margins.flatMap(([before, after], axis) =>
      before + after === 0 ? [] : [{ axis, start: before, count: input[axis] ?? 1 }],
    )
    return graphMath(call.build).slice(call.gradient, padded)
  }
  const shape = [...call.outputShape]
  return margins.reduce((gradient, [before, after], axis) => {
    if (before + after === 0) return gradient
    const size = input[axis] ?? 1
    const scattered = scatterAlong(call.build, gradient, shape, axis, size, sources(mode, size, before, after))
    shape[axis] = size
    return scattered
  }, call.gradient)
}
