import type { Tensor } from '@tensorflow/tfjs-core'
import { findOperator, resolveAttributes } from '@graft/network'
import type { AttributeValue, ForwardCall, Layer, Network, Operator, TensorFlow, Value } from '@graft/network'
import { EngineError } from '../engine.js'
import { checkOutputs } from '../engine-support/check-outputs.js'

/** Forms of frozen parameters (such as transposed kernels) that are kept between runs, by parameter and form. */
export type DerivedCache = Map<string, Tensor>

export interface InterpretCall {
  /** Value of the network's input, batch axis first; rank-4 inputs in NCHW. Stays the caller's. */
  readonly input: Tensor
  /** Tensor of a parameter, in ONNX layout. */
  readonly parameter: (name: string) => Tensor
  /** Does this parameter change between runs? Its derived forms are then computed again. */
  readonly changes: (name: string) => boolean
  readonly derived: DerivedCache
  readonly training: boolean
  /** Seeds the random operators; give another one for every step. */
  readonly seed: number
  /** Receives new running statistics; the tensor is kept and the receiver's to dispose. */
  readonly onUpdate?: (parameter: string, value: Tensor) => void
}

/** A network made ready to be interpreted for certain outputs. */
export interface Interpreter {
  /**
   * Runs the layers in order and returns the outputs in the plain (NCHW) layout, by layer name; they belong to the
   * caller. Synchronous, so that it can run inside `tf.tidy` and `tf.variableGrads`. A value is disposed as soon as its
   * last consumer ran.
   */
  run(call: InterpretCall): Record<string, Tensor>
}

interface PreparedLayer {
  readonly layer: Layer
  readonly index: number
  readonly operator: Operator
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** Prepares the layers that the outputs need. Throws EngineError when an output is not a layer of the network. */
export function createInterpreter(tf: TensorFlow, network: Network, outputs: readonly string[]): Interpreter {
  const layers = neededLayers(network, outputs)
  const uses = countUses(layers, outputs)
  return {
    run: (call) => {
      const values = new Map<string, Value>([[network.input.name, enterLayout(tf, call.input)]])
      const remaining = new Map(uses)
      for (const prepared of layers) {
        values.set(prepared.layer.name, runLayer(tf, prepared, values, call))
        for (const input of prepared.layer.inputs) release(values, remaining, input)
      }
      return collect(tf, values, outputs)
    },
  }
}

function neededLayers(network: Network, outputs: readonly string[]): readonly PreparedLayer[] {
  checkOutputs(network, outputs)
  const needed = new Set(outputs)
  for (const layer of [...network.layers].reverse()) {
    if (needed.has(layer.name)) for (const input of layer.inputs) needed.add(input)
  }
  return network.layers.flatMap((layer, index) =>
    needed.has(layer.name)
      ? [{ layer, index, operator: findOperator(layer.operator), attributes: resolveAttributes(layer) }]
      : [],
  )
}

function countUses(layers: readonly PreparedLayer[], outputs: readonly string[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const name of [...layers.flatMap(({ layer }) => layer.inputs), ...outputs])
    uses.set(name, (uses.get(name) ?? 0) + 1)
  return uses
}

/**
 * Feature maps are held channels-last from the start: that is what TensorFlow.js computes with. The copy keeps the
 * caller's tensor its own.
 */
function enterLayout(tf: TensorFlow, input: Tensor): Value {
  return input.rank === 4
    ? { tensor: tf.transpose(input, [0, 2, 3, 1]), layout: 'nhwc' }
    : { tensor: tf.clone(input), layout: 'plain' }
}

function runLayer(
  tf: TensorFlow,
  { layer, index, operator, attributes }: PreparedLayer,
  values: ReadonlyMap<string, Value>,
  call: InterpretCall,
): Value {
  const inputs = layer.inputs.map((name) => {
    const value = values.get(name)
    if (!value)
      throw new EngineError(
        `Layer "${layer.name}" reads "${name}", which is computed later or not at all.`,
        'List the layers in order.',
      )
    return value
  })
  const parameters = Object.fromEntries(
    Object.entries(layer.parameters).map(([slot, name]) => [slot, call.parameter(name)]),
  )
  let layout: Value['layout'] = 'plain'
  const tensor = tf.tidy(() => {
    const value = operator.forward(forwardCall(tf, layer, index, attributes, inputs, parameters, call))
    layout = value.layout
    // Operators that pass a tensor on (Identity, a reshape to the same shape) must not let two names own one tensor.
    const borrowed =
      inputs.some((input) => input.tensor === value.tensor) ||
      Object.values(parameters).includes(value.tensor) ||
      [...call.derived.values()].includes(value.tensor)
    return borrowed ? tf.clone(value.tensor) : value.tensor
  })
  return { tensor, layout }
}

function forwardCall(
  tf: TensorFlow,
  layer: Layer,
  index: number,
  attributes: ForwardCall['attributes'],
  inputs: readonly Value[],
  parameters: Readonly<Record<string, Tensor>>,
  call: InterpretCall,
): ForwardCall {
  return {
    tf,
    layer,
    attributes,
    inputs,
    parameters,
    training: call.training,
    seed: mixSeed(call.seed, index),
    plain: (value) => toPlain(tf, value),
    channelsLast: (value) => (value.layout === 'nhwc' ? value.tensor : tf.transpose(value.tensor, [0, 2, 3, 1])),
    derived: (slot, form, compute) => {
      const name = parameterName(layer, slot)
      const parameter = call.parameter(name)
      if (call.changes(name)) return compute(parameter)
      const key = `${form} of ${name}`
      const known = call.derived.get(key)
      if (known) return known
      // A parameter that is its own derived form belongs to its owner; the cache holds a copy that it may dispose.
      const made = compute(parameter)
      const kept = tf.keep(made === parameter ? tf.clone(made) : made)
      call.derived.set(key, kept)
      return kept
    },
    updateParameter: (slot, value) => call.onUpdate?.(parameterName(layer, slot), tf.keep(tf.clone(value))),
  }
}

function parameterName(layer: Layer, slot: string): string {
  const name = layer.parameters[slot]
  if (name === undefined)
    throw new EngineError(
      `Operator ${layer.operator} asked for the parameter "${slot}" of layer "${layer.name}", which the layer does not have.`,
      'Run validateNetwork first.',
    )
  return name
}

function toPlain(tf: TensorFlow, value: Value): Tensor {
  return value.layout === 'nhwc' ? tf.transpose(value.tensor, [0, 3, 1, 2]) : value.tensor
}

function release(values: Map<string, Value>, remaining: Map<string, number>, name: string): void {
  const left = (remaining.get(name) ?? 0) - 1
  remaining.set(name, left)
  if (left > 0) return
  values.get(name)?.tensor.dispose()
  values.delete(name)
}

function collect(
  tf: TensorFlow,
  values: ReadonlyMap<string, Value>,
  outputs: readonly string[],
): Record<string, Tensor> {
  const collected = new Map<string, Tensor>()
  for (const [name, value] of values) {
    if (!outputs.includes(name)) {
      value.tensor.dispose()
      continue
    }
    const plain = toPlain(tf, value)
    if (plain !== value.tensor) value.tensor.dispose()
    collected.set(name, plain)
  }
  return Object.fromEntries(collected)
}

/**
 * One 31-bit seed from two numbers (the finaliser of MurmurHash3), so that neighbouring steps and layers draw unrelated
 * numbers.
 */
export function mixSeed(seed: number, index: number): number {
  let hash = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) & 0x7fffffff
}

/** Disposes what a cache holds and empties it. */
export function disposeDerived(cache: DerivedCache): void {
  for (const tensor of cache.values()) tensor.dispose()
  cache.clear()
}
