import { z } from 'zod'
import { list } from '../fields.js'
import { estimateSchema } from './estimate.js'

/** What a network is worth when it is cut after a stage. Accuracies are cross-validated. */
export const profileCutSchema = z
  .object({
    /** The stage that is the last one kept; Strip Head's `after`. */
    stage: z.string(),
    /** A linear head on this stage's pooled features. */
    probe: estimateSchema.nullable(),
    /** A linear head on this stage and all before it; null at the first stage and where it wasn't measured. */
    allStages: estimateSchema.nullable(),
    /** The class that the nearest images vote for, nearer ones more. */
    neighbours: estimateSchema.nullable(),
    /** What is kept up to here, without the new head. */
    parameters: z.number(),
    macs: z.number(),
    /** Time for one image up to here on this machine, by its share of the network's work; null: not measured. */
    millisecondsPerPicture: z.number().nullable(),
  })
  .readonly()
export type ProfileCut = z.output<typeof profileCutSchema>

/** The transfer profile of one network: every legal cut, from the first stage to the last before the head. */
export const transferProfileSchema = z
  .object({ network: z.string(), pictures: z.int(), cuts: list(profileCutSchema) })
  .readonly()
export type TransferProfile = z.output<typeof transferProfileSchema>
