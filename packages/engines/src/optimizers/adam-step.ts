import type { Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { type GraphResult, type GraphUpdate, scalar, scalarValue, slotValue } from './graph-update.js'
import type { FieldValues, OptimizerProblem, UpdateCall, UpdateResult } from './optimizer.js'

const fraction = z.number().min(0).lt(1)

/** What Adam and AdamW can be set to in code. */
export const adamFields = {
  beta1: fraction.default(0.9).describe('Adam and AdamW: decay of the mean of the gradients.'),
  beta2: fraction.default(0.999).describe('Adam and AdamW: decay of the mean of their squares.'),
  epsilon: z.number().positive().default(1e-8).describe('Adam and AdamW: added to the root of the squares.'),
}
type AdamSettings = FieldValues<typeof adamFields>

/** What both keep per parameter. */
export const adamSlots = ['first', 'second'] as const

/** Both move every weight by about the learning rate, whatever its gradient: a tenth is a leap. */
export const checkAdamRate = (learningRate: number, name: string): OptimizerProblem | null =>
  learningRate > 0.1
    ? {
        code: 'rate-high',
        severity: 'warning',
        field: 'learningRate',
        message: `A learning rate of ${learningRate} is very high for ${name}; training may diverge.`,
        fix: 'Try 0.001 to 0.01.',
      }
    : null

/** The bias corrections of one update. */
export function adamScalars({ beta1, beta2 }: AdamSettings, update: number): Readonly<Record<string, number>> {
  return { firstCorrection: 1 / (1 - beta1 ** update), rootCorrection: Math.sqrt(1 - beta2 ** update) }
}

/** The bias-corrected step that both share; `epsilon` is added outside the root, after the correction. */
export function writeAdamStep(
  { beta1, beta2, epsilon }: AdamSettings,
  { graph, rank, slots, learningRate, scalars }: GraphUpdate,
  parameter: string,
  gradient: string,
): GraphResult {
  const times = (value: string, factor: number): string => graph.add('Mul', [value, scalar(graph, factor, rank)])
  const first = graph.add('Add', [times(slotValue(slots, 'first'), beta1), times(gradient, 1 - beta1)])
  const second = graph.add('Add', [
    times(slotValue(slots, 'second'), beta2),
    times(graph.add('Mul', [gradient, gradient]), 1 - beta2),
  ])
  const denominator = graph.add('Add', [
    graph.add('Div', [graph.add('Sqrt', [second]), scalarValue(scalars, 'rootCorrection')]),
    scalar(graph, epsilon, rank),
  ])
  const stepSize = graph.add('Mul', [learningRate, scalarValue(scalars, 'firstCorrection')])
  return {
    parameter: graph.add('Sub', [parameter, graph.add('Mul', [graph.add('Div', [first, denominator]), stepSize])]),
    slots: { first, second },
  }
}

/** The same step in TensorFlow.js. */
export function adamStep(
  { beta1, beta2, epsilon }: AdamSettings,
  { tf, slots, learningRate, update }: UpdateCall,
  parameter: Tensor,
  gradient: Tensor,
): UpdateResult {
  const first = tf.add(tf.mul(slots['first'] ?? tf.zerosLike(gradient), beta1), tf.mul(gradient, 1 - beta1))
  const second = tf.add(
    tf.mul(slots['second'] ?? tf.zerosLike(gradient), beta2),
    tf.mul(tf.square(gradient), 1 - beta2),
  )
  const denominator = tf.add(tf.div(tf.sqrt(second), Math.sqrt(1 - beta2 ** update)), epsilon)
  const stepSize = learningRate / (1 - beta1 ** update)
  return { parameter: tf.sub(parameter, tf.mul(tf.div(first, denominator), stepSize)), slots: { first, second } }
}
