import type { Network, Preprocessing, Tensors } from '@graft/network'
import { z } from 'zod'
import { headModules } from './head-modules.js'
import type { LibraryNetwork } from '../library/library-network.js'
import type { TorchNetwork } from '../network/torch-network.js'

const transform = z.object({ name: z.string(), options: z.record(z.string(), z.unknown()), seed: z.number() })
const beginnings = z.array(z.string()).readonly()

const optimizer = z.object({
  name: z.enum(['AdamW', 'Adam', 'SGD']),
  options: z.record(z.string(), z.union([z.number(), z.boolean(), z.array(z.number())])),
  weightDecay: z.number().min(0),
})

const schedule = z.object({
  name: z.enum(['cosine', 'constant', 'step', 'one-cycle', 'plateau']),
  options: z.record(z.string(), z.number()),
})

/** A head that is computed at once. */
const head = z.object({
  /** The module of the program that computes it. */
  method: z.enum(Object.values(headModules)),
  layer: z.string(),
  penalty: z.number().min(0),
  groups: z.array(z.tuple([z.int(), z.int()])).readonly(),
  standardise: z.string().nullable(),
  /** Of nearest neighbours: the layer that adds up their votes. */
  shares: z.string().nullable(),
})

/** The first epochs of a phase, in which less learns, or images are smaller, than in the last. */
const part = z.object({
  epochs: z.int().min(1),
  frozen: beginnings,
  batchStatistics: beginnings,
  fixedStages: z.int().min(0),
  /** Height and width that images are shrunk to; null: as large as the network wants them. */
  size: z.tuple([z.int(), z.int()]).nullable(),
})

/** One training: what learns, on which images, and how. Names are those of the program. */
export const programPhase = z.object({
  node: z.string(),
  name: z.string(),
  train: z.string(),
  validation: z.string().nullable(),
  frozen: beginnings,
  batchStatistics: beginnings,
  fixedStages: z.int().min(0),
  epochs: z.int().min(1),
  batchSize: z.int().min(1),
  learningRate: z.number(),
  optimizer,
  schedule,
  rateFactors: z.record(z.string(), z.number()),
  augmentation: z.array(transform).readonly(),
  views: z.int().min(0),
  labelSmoothing: z.number(),
  classWeights: z.array(z.number()).readonly().nullable(),
  balanced: z.boolean(),
  mix: z.enum(['none', 'mixup', 'cutmix', 'either']),
  mixAlpha: z.number(),
  focalGamma: z.number().min(0),
  averageDecay: z.number().min(0),
  soup: z.int().min(0),
  clipNorm: z.number().min(0),
  patience: z.int().min(0),
  minDelta: z.number(),
  monitor: z.string(),
  restoreBest: z.boolean(),
  dropLast: z.boolean(),
  seed: z.int(),
  /** File with values that this phase starts with where they aren't those of the phase before. */
  weights: z.string().nullable(),
  head: head.nullable(),
  /** What comes first; all else is of the epochs that are left. */
  parts: z.array(part).readonly(),
})
export type ProgramPhase = z.output<typeof programPhase>

/** What a graph does, as a program does it: one value that all of its files are written from. */
export const programPlan = z.object({
  title: z.string(),
  task: z.enum(['single-label', 'multi-label']),
  classes: z.array(z.string()).readonly(),
  thresholds: z.array(z.number()).readonly().nullable(),
  /** Folder that the tables' paths start from; relative to the program where its images lie in it. */
  images: z.string(),
  phases: z.array(programPhase).readonly(),
  evaluations: z
    .array(z.object({ node: z.string(), name: z.string(), images: z.string(), mirrored: z.boolean() }))
    .readonly(),
  preprocessing: z.custom<Preprocessing>((value) => typeof value === 'object'),
  /** What of the graph the program doesn't do exactly so, one sentence each. */
  remarks: z.array(z.string()).readonly(),
})
export type ProgramPlan = z.output<typeof programPlan>

/** The plan with the network and its values: what a program is written from. */
export interface ProgramSource {
  readonly plan: ProgramPlan
  /** As it is at the start of the first phase. */
  readonly network: Network
  readonly tensors: Tensors
  /** How model.py has it: layer by layer, or by a library's constructor. */
  readonly torch: TorchNetwork | LibraryNetwork
  /** Values that a later phase starts with, by the file that they go to. */
  readonly laterTensors: ReadonlyMap<string, Tensors>
  /** Tables of samples, and images that no file holds, by their place in the program. */
  readonly files: ReadonlyMap<string, Uint8Array>
}
