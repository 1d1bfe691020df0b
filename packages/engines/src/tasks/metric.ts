import type { MetricDescription } from './task.js'

/**
 * One number that a task measures: what it is called, and how it comes of the answers. One value in the list of its
 * task's `metrics.ts`; curves, results, report and early stopping follow from the description.
 * @example { name: 'errorRate', title: 'Error rate', better: 'lower', format: 'percent', measure: ({ confusion }) => 1 - accuracy(confusion) }
 */
export interface Metric<Answers> extends MetricDescription {
  /** Only an evaluation measures it: it takes too long, or says too little, for every epoch. */
  readonly evaluationOnly?: true
  /** Null where it means nothing for these answers. */
  measure(answers: Answers): number | null
}

/** What is said of metrics to those who show them. */
export const describeMetrics = <Answers>(metrics: readonly Metric<Answers>[]): readonly MetricDescription[] =>
  metrics.map(({ evaluationOnly: _, measure: __, ...description }) => description)

/** Every metric of a list that means something, by name: those of an epoch, or all. */
export const measureAll = <Answers>(
  metrics: readonly Metric<Answers>[],
  answers: Answers,
  at: 'epoch' | 'evaluation',
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    metrics
      .filter(({ evaluationOnly }) => at === 'evaluation' || evaluationOnly !== true)
      .flatMap(({ name, measure }): [string, number][] => {
        const value = measure(answers)
        return value === null ? [] : [[name, value]]
      }),
  )
