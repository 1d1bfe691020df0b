import { type Constant, type GraphValue } from '../values/graph-value.js'
import { isWeight } from '../values/learned.js'
import { NodeCall } from '../values/node-call.js'
import type { EmitOptions } from './graph-builder.js'

/** What a convolution with weight standardisation needs beside a plain one. */
export type Standardised = Required<Pick<EmitOptions, 'attributes' | 'slots'>>

/**
 * Kernels that a file standardises before it convolves with them, as PyTorch networks do: a batch normalisation in training mode of
 * `[1, outputs, rest]` with a gain, or none, and no shift. Null for any other weight.
 */
export function standardisedWeight(kernels: Constant): Standardised | null {
  const call = callOf(throughMoves(kernels))
  if (call?.node.operator !== 'BatchNormalization') return null
  const [input, scale, shift] = [0, 1, 2].map((index) => constantOf(call.inputs[index]))
  if (input === undefined || scale === undefined || shift === undefined || !isWeight(input)) return null
  const [outputs = 0] = kernels.shape
  const standardises =
    input.shape.length === 3 &&
    input.shape[0] === 1 &&
    input.shape[1] === outputs &&
    (call.integer('training_mode', 0) === 1 || hasOwnStatistics(call)) &&
    shift.read().every((value) => value === 0)
  const gain = standardises ? gainOf(scale, outputs) : null
  if (gain === null) return null
  return {
    attributes: { epsilon: call.float('epsilon', 1e-5), ...(gain.scale === 1 ? {} : { scale: gain.scale }) },
    slots: {
      weight: { value: { ...input, shape: kernels.shape }, trainable: true },
      gain: gain.value && { value: { ...gain.value, shape: [outputs, 1, 1, 1] }, trainable: true },
    },
  }
}

/** The node that computed a constant from weights. */
const callOf = ({ computed }: Constant): NodeCall | null =>
  computed === undefined ? null : new NodeCall(computed.node, computed.inputs, computed.opset)

const constantOf = (value: GraphValue | null | undefined): Constant | undefined =>
  value?.kind === 'constant' ? value : undefined

/** Mean and variance are computed too, from the same numbers. */
const hasOwnStatistics = (call: NodeCall): boolean =>
  [3, 4].every((index) => constantOf(call.inputs[index])?.computed !== undefined)

/** The constant before nodes that only give it another shape. */
function throughMoves(value: Constant): Constant {
  const call = callOf(value)
  const source = constantOf(call?.inputs[0])
  return call !== null && source !== undefined && ['Reshape', 'Cast', 'Identity'].includes(call.node.operator)
    ? throughMoves(source)
    : value
}

/** A gain, a number times a gain, or the same number everywhere. */
function gainOf(scale: Constant, outputs: number): { readonly value: Constant | null; readonly scale: number } | null {
  const plain = throughMoves(scale)
  if (isWeight(plain)) return plain.read().length === outputs ? { value: plain, scale: 1 } : null
  const call = callOf(plain)
  if (call === null) {
    const [first = 1, ...rest] = plain.read()
    return rest.every((value) => value === first) ? { value: null, scale: first } : null
  }
  const factors = call.node.operator === 'Mul' ? [0, 1].map((index) => constantOf(call.inputs[index])) : []
  const gain = factors.find((factor) => factor !== undefined && isWeight(factor))
  const number = factors.find((factor) => factor !== gain)?.read()
  return gain?.read().length === outputs && number?.length === 1 ? { value: gain, scale: number[0] ?? 1 } : null
}
