import { z } from 'zod'
import { splits } from '../../splits.js'
import { jsonNumber, list } from '../fields.js'
import { metricDescriptionSchema } from '../scores.js'

/** One run of a repeated graph. */
const repeatedRunSchema = z.object({
  /** How much its seeds were raised. */
  seed: z.int().min(0),
  /** Which fold it was tested on, from 1; null: the images that the graph says. */
  fold: z.int().min(1).nullable(),
  /** Tested images. */
  count: z.int().min(0),
  values: z.record(z.string(), jsonNumber).readonly(),
  seconds: z.number(),
})
export type RepeatedRun = Readonly<z.output<typeof repeatedRunSchema>>

const spreadSchema = z.object({
  mean: jsonNumber,
  deviation: jsonNumber,
  least: jsonNumber,
  most: jsonNumber,
  interval: z.tuple([jsonNumber, jsonNumber]).readonly().nullable(),
})

/** How a graph did when it was run several times: with other seeds, or on other images held out. */
export const repeatSchema = z.object({
  kind: z.literal('repeat'),
  title: z.string(),
  split: z.enum(splits),
  /** 0: no folds; all runs were tested on the same images. */
  folds: z.int().min(0),
  seeds: z.int().min(1),
  /** Runs that there will be; more than `runs` has while they go on. */
  planned: z.int().min(1),
  primary: z.string(),
  metrics: list(metricDescriptionSchema),
  runs: list(repeatedRunSchema),
  /** By name of the metric. */
  spread: z.record(z.string(), spreadSchema).readonly(),
})
export type RepeatDetail = Readonly<z.output<typeof repeatSchema>>
