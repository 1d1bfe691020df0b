import type { Tensor } from '@tensorflow/tfjs-core'
import type { Operator, Shape } from '../../operator.js'
import { type AttributedCall, choiceAttribute, listAttribute, numberAttribute } from '../support/attributes.js'
import { axisIn } from '../support/broadcast.js'
import { firstInput, shapeError } from '../support/shape-support.js'
import { selectAlong } from '../support/slicing.js'
import { firstValue, plainShape } from '../support/value-support.js'

const modes = ['constant', 'reflect', 'edge'] as const

/** What a layer pads with. */
export const padMode = (call: AttributedCall): (typeof modes)[number] => choiceAttribute(call, 'mode', modes)

/** Adds entries around a value; `pads` lists the amounts before every axis, then those after. */
export const pad: Operator = {
  name: 'Pad',
  parameters: {},
  arity: 1,
  attributes: { pads: null, mode: 'constant', value: 0 },
  shape: (call) => {
    const input = firstInput(call)
    return padAmounts(call, input).map(([before, after], axis) => before + (input[axis] ?? 0) + after)
  },
  reach: () => ({ mixes: [] }),
  forward: (call) => {
    const { tf } = call
    const value = firstValue(call)
    const shape = plainShape(value)
    const margins = padAmounts(call, shape)
    const mode = padMode(call)
    if (mode === 'constant') {
      const inLayout: [number, number][] = shape.map(() => [0, 0])
      margins.forEach(([before, after], axis) => (inLayout[axisIn(value.layout, axis)] = [before, after]))
      return { tensor: tf.pad(value.tensor, inLayout, numberAttribute(call, 'value')), layout: value.layout }
    }
    // tf.mirrorPad's gradient forgets the mirrored entries.
    const tensor = margins.reduce<Tensor>((padded, [before, after], axis) => {
      if (before + after === 0) return padded
      return selectAlong(tf, padded, axisIn(value.layout, axis), paddedFrom(mode, shape[axis] ?? 1, before, after))
    }, value.tensor)
    return { tensor, layout: value.layout }
  },
  toOnnx: (call) => {
    const mode = padMode(call)
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
}

/** Entries before and after, axis by axis. Throws NetworkError when they don't fit the input. */
export function padAmounts(call: AttributedCall, input: Shape): readonly (readonly [number, number])[] {
  const pads = listAttribute(call, 'pads')
  const reflects = padMode(call) === 'reflect'
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
export function paddedFrom(mode: 'reflect' | 'edge', size: number, before: number, after: number): number[] {
  return Array.from({ length: before + size + after }, (_, position) => {
    const index = position - before
    if (mode === 'edge') return Math.min(size - 1, Math.max(0, index))
    return index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index
  })
}
