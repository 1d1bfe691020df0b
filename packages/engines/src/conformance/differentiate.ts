import type { Tensor } from '@tensorflow/tfjs-core'
import { createRandom, normal } from '@graft/network'
import type { Random, TensorFlow } from '@graft/network'
import type { Batch } from '../engine.js'
import { createInterpreter, disposeDerived } from '../tfjs/interpret.js'
import type { DerivedCache } from '../tfjs/interpret.js'
import type { ConformanceCase } from './conformance-case.js'

/** Values of the network's input (under 'input') and of every trainable parameter. */
export type Point = ReadonlyMap<string, Float32Array>

/** Step of the central differences: half the spacing of the spaced inputs, so that no kink is crossed. */
const step = 4e-3

/** Where the gradient is taken: the case's own input and trainable parameters. */
export function pointOf({ network, tensors, input }: ConformanceCase): Point {
  const trainable = Object.entries(network.parameters).filter(([, parameter]) => parameter.trainable)
  return new Map([
    ['input', input.data],
    ...trainable.map(([name]) => [name, tensors.get(name)?.data ?? new Float32Array()] as const),
  ])
}

/**
 * A loss on the value of the network in training mode: its product with a fixed random vector, summed in double
 * precision.
 */
export class ProjectedLoss {
  private readonly interpreter
  private projection: Float32Array | null = null

  constructor(
    private readonly tf: TensorFlow,
    private readonly conformanceCase: ConformanceCase,
  ) {
    this.interpreter = createInterpreter(tf, conformanceCase.network, [conformanceCase.network.output])
  }

  /** The network's value in training mode. */
  output(point: Point): Batch {
    let shape: readonly number[] = []
    const data = this.tf.tidy(() => {
      const value = this.run(this.upload(point))
      shape = value.shape
      return value.dataSync<'float32'>()
    })
    return { shape, data }
  }

  /** The loss at a point. */
  value(point: Point): number {
    const values = this.output(point).data
    const projection = this.projectionFor(values.length)
    return values.reduce((sum, value, index) => sum + value * (projection[index] ?? 0), 0)
  }

  /** Gradients by TensorFlow.js's own differentiation, by the names of the point. */
  gradients(point: Point): Map<string, Float32Array> {
    const { tf } = this
    const read = new Map<string, Float32Array>()
    tf.tidy(() => {
      const variables = new Map([...this.upload(point)].map(([name, tensor]) => [name, tf.variable(tensor)]))
      const { grads } = tf.variableGrads(() => {
        const value = this.run(variables)
        return tf.sum(tf.mul(value, tf.tensor(this.projectionFor(value.size), value.shape))).asScalar()
      }, [...variables.values()])
      for (const [name, variable] of variables)
        read.set(name, grads[variable.name]?.dataSync<'float32'>().slice() ?? new Float32Array(variable.size))
      for (const variable of variables.values()) variable.dispose()
    })
    return read
  }

  private upload(point: Point): Map<string, Tensor> {
    const { network, input } = this.conformanceCase
    return new Map(
      [...point].map(([name, data]) => [
        name,
        this.tf.tensor(data, [...(name === 'input' ? input.shape : (network.parameters[name]?.shape ?? []))]),
      ]),
    )
  }

  private run(values: ReadonlyMap<string, Tensor>): Tensor {
    const { tf } = this
    const { network, tensors } = this.conformanceCase
    const derived: DerivedCache = new Map()
    const result = this.interpreter.run({
      input: values.get('input') as Tensor,
      parameter: (name) =>
        values.get(name) ?? tf.tensor(tensors.get(name)?.data ?? [], [...(network.parameters[name]?.shape ?? [])]),
      changes: () => true,
      derived,
      training: true,
      seed: 7,
    })[network.output] as Tensor
    disposeDerived(derived)
    return result
  }

  private projectionFor(size: number): Float32Array {
    const random = createRandom(size)
    return (this.projection ??= Float32Array.from({ length: size }, () => normal(random)))
  }
}

/**
 * Derivative of the loss when one tensor of the point moves along a direction of -1s and 1s, by central differences.
 */
export function finiteDifference(loss: ProjectedLoss, point: Point, name: string, direction: Float32Array): number {
  const moved = (distance: number): Point =>
    new Map(point).set(
      name,
      (point.get(name) ?? new Float32Array()).map((value, index) => value + distance * (direction[index] ?? 0)),
    )
  return (loss.value(moved(step)) - loss.value(moved(-step))) / (2 * step)
}

export const randomDirection = (size: number, random: Random): Float32Array =>
  Float32Array.from({ length: size }, () => (random() < 0.5 ? -1 : 1))
