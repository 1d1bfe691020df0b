import { z } from 'zod'
import { searchCandidateSchema } from './search-candidate.js'
import { jsonNumber, list } from '../fields.js'
import { metricDescriptionSchema } from '../scores.js'

export const trialStatuses = ['waiting', 'running', 'dropped', 'measured', 'failed', 'no time', 'winner'] as const
export type TrialStatus = (typeof trialStatuses)[number]

const interval = z.tuple([jsonNumber, jsonNumber]).readonly()

const searchTrialSchema = z.object({
  candidate: searchCandidateSchema,
  status: z.enum(trialStatuses),
  /** Folds that it was measured on, and the mean score of their images, which it had not seen. */
  folds: z.int().min(0),
  score: jsonNumber,
  interval: interval.nullable(),
  /** Training and measuring on one fold, on average. */
  seconds: jsonNumber,
  /** Of the whole network. */
  parameters: z.number().nullable(),
  /** Why it failed. */
  problem: z.string().exactOptional(),
})
export type SearchTrial = Readonly<z.output<typeof searchTrialSchema>>

/** What a search has tried, what it took, and how much of its score is luck. */
export const searchSchema = z.object({
  kind: z.literal('search'),
  title: z.string(),
  /** What the score of an image is. */
  metric: metricDescriptionSchema,
  folds: z.int().min(2),
  /** What else all trials had in common; absent in what older versions stored. */
  settings: z.object({ epochs: z.int(), seed: z.int() }).exactOptional(),
  /** Training images that the score is over. */
  count: z.int().min(0),
  trials: list(searchTrialSchema),
  /** Trainings that were done on a fold, and those that there are without a limit of time. */
  done: z.int().min(0),
  planned: z.int().min(0),
  /** Place of the winner among the trials; null until there is one. */
  winner: z.int().min(0).nullable(),
  seconds: z.number(),
  /** Limit of time; null: none. */
  limit: z.number().nullable(),
  /** Whether the limit ended it. */
  stopped: z.boolean(),
  /**
   * What the winner is expected to score on new images: the choice of the last round made again on images drawn anew, each
   * time measured on images that were not drawn. Null: too little was measured to say.
   */
  expected: z.object({ score: jsonNumber, interval, optimism: jsonNumber }).nullable(),
})
export type SearchDetail = Readonly<z.output<typeof searchSchema>>
