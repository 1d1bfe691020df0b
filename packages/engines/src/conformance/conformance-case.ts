import { createRandom, deriveSeed, normal, shuffle } from '@graft/network'
import type { AttributeValue, Layer, Network, Parameter, TensorData, Tensors } from '@graft/network'
import type { Batch } from '../engine.js'

/** One tiny network with seeded values that exercises one operator. */
export interface ConformanceCase {
  readonly operator: string
  readonly title: string
  readonly network: Network
  readonly tensors: Tensors
  readonly input: Batch
  /** Why finite differences say nothing here; absent: gradients are checked. */
  readonly withoutGradient?: string
  /** Why finite differences can't be trusted although gradients can be compared between engines. */
  readonly kinks?: string
  /** Why an engine may refuse to train this (with an EngineError); absent: none may. */
  readonly mayRefuse?: string
}

export interface CaseOptions {
  /** `[channels, height, width]` of the network's input; default 3 x 5 x 4. */
  readonly input?: readonly [number, number, number]
  readonly batch?: number
  /**
   * Input values: normally distributed; evenly spaced between two bounds in random order (no two equal, for functions
   * with kinks); or a few numbers over and over (ties).
   */
  readonly values?: 'normal' | readonly [number, number] | { readonly repeat: readonly number[] }
  readonly withoutGradient?: string
  readonly kinks?: string
  readonly mayRefuse?: string
}

export interface LayerOptions {
  readonly name?: string
  readonly inputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** Slot -> shape; values are normally distributed, those of `positive` slots tenths between 0.5 and 1.5. */
  readonly parameters?: Readonly<Record<string, readonly number[]>>
  /** Slot -> name of a parameter of a layer before, which this one shares. */
  readonly shared?: Readonly<Record<string, string>>
  readonly positive?: readonly string[]
  readonly constant?: readonly string[]
  readonly statistics?: 'frozen' | 'batch'
}

export interface LayerSketch extends LayerOptions {
  readonly operator: string
}

export const layer = (operator: string, options: LayerOptions = {}): LayerSketch => ({ operator, ...options })

/** Builds a case: layers follow each other unless they name their inputs, the last one is the output. */
export function conformanceCase(
  operator: string,
  title: string,
  sketches: readonly LayerSketch[],
  options: CaseOptions = {},
): ConformanceCase {
  // Every case keeps its numbers when others come and go.
  const random = createRandom(deriveSeed(1, `${operator}: ${title}`))
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  const tensors: Tensors = new Map()
  sketches.forEach((sketch, index) => {
    const name = sketch.name ?? `layer${index}`
    const keys = Object.entries(sketch.parameters ?? {}).map(([slot, shape]) => {
      const key = `${name}.${slot}`
      const trainable = !(sketch.constant ?? []).includes(slot)
      parameters[key] = { shape, trainable, source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 } }
      tensors.set(key, parameterValues(shape, (sketch.positive ?? []).includes(slot), random))
      return [slot, key]
    })
    layers.push({
      name,
      operator: sketch.operator,
      inputs: sketch.inputs ?? [layers.at(-1)?.name ?? 'input'],
      parameters: { ...(Object.fromEntries(keys) as Record<string, string>), ...sketch.shared },
      attributes: sketch.attributes ?? {},
      ...(sketch.statistics ? { statistics: sketch.statistics } : {}),
    })
  })
  const shape = options.input ?? [3, 5, 4]
  const batchShape = [options.batch ?? 2, ...shape]
  const network = networkOf(shape, layers, parameters)
  const input = { shape: batchShape, data: inputValues(batchShape, options.values ?? 'normal', random) }
  return {
    operator,
    title,
    network,
    tensors,
    input,
    ...(options.withoutGradient ? { withoutGradient: options.withoutGradient } : {}),
    ...(options.kinks ? { kinks: options.kinks } : {}),
    ...(options.mayRefuse ? { mayRefuse: options.mayRefuse } : {}),
  }
}

function networkOf(
  shape: readonly [number, number, number],
  layers: readonly Layer[],
  parameters: Readonly<Record<string, Parameter>>,
): Network {
  return {
    format: 'graft-network',
    version: 1,
    name: 'conformance',
    input: { name: 'input', shape },
    layers,
    output: layers.at(-1)?.name ?? 'input',
    parameters,
    stages: [{ name: 'head', layers: layers.map(({ name }) => name) }],
    preprocessing: {
      height: shape[1],
      width: shape[2],
      resize: 'stretch',
      cropFraction: 1,
      interpolation: 'bilinear',
      channelOrder: 'rgb',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    head: null,
    provenance: { source: 'conformance suite', licence: null, history: [] },
  }
}

function parameterValues(shape: readonly number[], positive: boolean, random: () => number): TensorData {
  const data = Float32Array.from({ length: count(shape) }, () =>
    positive ? (5 + Math.floor(random() * 11)) / 10 : 0.6 * normal(random),
  )
  return { shape, data }
}

function inputValues(
  shape: readonly number[],
  values: NonNullable<CaseOptions['values']>,
  random: () => number,
): Float32Array {
  const length = count(shape)
  if (values === 'normal') return Float32Array.from({ length }, () => normal(random))
  if ('repeat' in values)
    return Float32Array.from({ length }, (_, index) => values.repeat[index % values.repeat.length] ?? 0)
  const [low, high] = values
  const spaced = Array.from({ length }, (_, index) => low + ((index + 0.5) * (high - low)) / length)
  return Float32Array.from(shuffle(spaced, random))
}

export const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
