import { readFileSync } from 'node:fs'
import { must } from '@graft/errors'
import { type FileValue, metricsDetailSchema, type MetricsValue, predictionsFileSchema } from '@graft/graph-schema'
import { findHome, openBlobStore } from '@graft/runner'
import { type GraftRun, outputOf } from '../../acceptance/run-graft.js'

export interface Answer {
  /** The classes that an image was given. */
  readonly answer: string
  readonly probabilities: readonly number[]
}

/** How far answers for the same images are apart. */
export interface Agreement {
  readonly images: number
  /** Images with another answer. */
  readonly others: number
  /** Largest difference of a probability. */
  readonly probability: number
}

export function agreement(expected: readonly Answer[], given: readonly Answer[]): Agreement {
  if (given.length !== expected.length) throw new Error(`${given.length} images, not ${expected.length}`)
  const apart = expected.flatMap(({ probabilities }, at) => {
    const others = must(given[at], 'an answer').probabilities
    if (others.length !== probabilities.length)
      throw new Error(`${others.length} probabilities, not ${probabilities.length}`)
    return probabilities.map((one, index) => Math.abs(one - (others[index] ?? Number.NaN)))
  })
  return {
    images: expected.length,
    others: expected.filter(({ answer }, at) => given[at]?.answer !== answer).length,
    probability: largest(apart),
  }
}

/** NaN is the largest of all. */
export const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => (value <= most ? most : value), 0)

/** Of a table that a program wrote, every row. */
export function answersIn(table: string): readonly Answer[] {
  const rows = readFileSync(table, 'utf8').trim().split(/\r?\n/).slice(1)
  return rows.map((row) => {
    const [, answer = '', ...probabilities] = row.split(',')
    return { answer, probabilities: probabilities.map(Number) }
  })
}

/** With the largest probability alone, which is all that an evaluation keeps where an image has one class. */
export const likeliest = (answers: readonly Answer[]): readonly Answer[] =>
  answers.map(({ answer, probabilities }) => ({ answer, probabilities: [Math.max(...probabilities)] }))

/** What a run's Evaluate answered, by `likeliest`. */
export async function evaluationOf(run: GraftRun): Promise<readonly Answer[]> {
  const { detail } = outputOf(run, 'evaluate', 'metrics') as MetricsValue
  const told = metricsDetailSchema.parse(await jsonOf(must(detail, 'a detail').sha256))
  if (told.kind === 'single-label-evaluation')
    return told.predictions.map(({ prediction, probability }) => ({
      answer: named(told.classNames, [prediction]),
      probabilities: [Number(probability)],
    }))
  if (told.kind === 'multi-label-evaluation')
    return likeliest(
      told.predictions.map(({ prediction, probabilities }) => ({
        answer: named(told.classNames, prediction),
        probabilities: probabilities.map(Number),
      })),
    )
  throw new Error(`${told.kind} has no answers to compare.`)
}

/** What a run's Predict answered, in the order of the files' names. */
export async function predictionsOf(run: GraftRun): Promise<readonly Answer[]> {
  const { blob } = outputOf(run, 'predict', 'json') as FileValue
  const { classNames, predictions } = predictionsFileSchema.parse(await jsonOf(blob.sha256))
  return predictions
    .toSorted((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ chosen, probabilities }) => ({
      answer: named(classNames, chosen),
      probabilities: probabilities.map(Number),
    }))
}

const named = (classNames: readonly string[], chosen: readonly number[]): string =>
  chosen.map((index) => must(classNames[index], 'a class')).join('|')

async function jsonOf(sha256: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await openBlobStore(findHome().store).get(sha256)))
}
