import { z } from 'zod'
import { jsonNumber, list } from './fields.js'

/** What a metric is called, which way is better, and how it is written: all that a reader needs to show it. */
export const metricDescriptionSchema = z.object({
  /** Key in `values` and in `metric` events: `macroF1`. */
  name: z.string(),
  /** As people read it: `Macro F1`. */
  title: z.string(),
  better: z.enum(['higher', 'lower']),
  /** `percent`: a share from 0 to 1. */
  format: z.enum(['percent', 'number']),
  /** What it means, in a few words. */
  note: z.string().exactOptional(),
})
export type MetricDescription = Readonly<z.output<typeof metricDescriptionSchema>>

/** Measured numbers that describe themselves, so that no one who shows them keeps a list of metrics. */
export const scoresSchema = z.object({
  /** Name of the metric that counts most. */
  primary: z.string(),
  values: z.record(z.string(), jsonNumber).readonly(),
  /** In the order in which people want to see them. */
  metrics: list(metricDescriptionSchema),
})
export type Scores = Readonly<z.output<typeof scoresSchema>>

/** A metric's title within a sentence: `macro F1`. */
export const titleInText = ({ title }: Pick<MetricDescription, 'title'>): string =>
  title.charAt(0).toLowerCase() + title.slice(1)

/** One metric with its value. */
export interface Score extends MetricDescription {
  readonly value: number
}

/** Every metric that was measured, in order. */
export function scoreList({ metrics, values }: Pick<Scores, 'metrics' | 'values'>): readonly Score[] {
  return metrics.flatMap((metric) => {
    const value = Object.hasOwn(values, metric.name) ? values[metric.name] : undefined
    return value === undefined ? [] : [{ ...metric, value }]
  })
}

/** The metric that counts most; null when it wasn't measured. */
export function primaryScore(scores: Scores): Score | null {
  return scoreList(scores).find(({ name }) => name === scores.primary) ?? null
}

/** Measured numbers with what their task calls them; only what was measured is described. */
export function describeScores(
  { primary, metrics }: Pick<Scores, 'primary' | 'metrics'>,
  values: Scores['values'],
): Scores {
  return { primary, values, metrics: metrics.filter(({ name }) => Object.hasOwn(values, name)) }
}
