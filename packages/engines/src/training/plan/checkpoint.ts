import { textOf } from '@graft/errors'
import { readSafetensors, type Tensors, writeSafetensors } from '@graft/network'
import { z } from 'zod'
import { EngineError, type TrainerState } from '../../engine.js'
import type { MetricPoint, ValidationScores } from '../scores/scores.js'

/** Everything that an interrupted run needs to go on and end with the same weights, bit for bit. */
export interface FitCheckpoint {
  /** Identifies network, weights, data, settings and engine; a checkpoint of anything else is not taken up. */
  readonly fingerprint: string
  /** Name of the optimizer (see `optimizers`); absent in older checkpoints. */
  readonly optimizer?: string
  /** Epoch (from 0) and batch of it that come next. */
  readonly epoch: number
  readonly position: number
  /** Sums over the batches of the current epoch. */
  readonly sums: EpochSums
  readonly trainer: TrainerState
  readonly monitor: MonitorState
  /** Weights of the best epoch so far, when they are to be restored. */
  readonly bestWeights: Tensors | null
  /** Weights that aids keep, by the aid's name; absent: none keeps any. */
  readonly kept?: Readonly<Record<string, Tensors>>
  readonly curves: readonly MetricPoint[]
  /** Seconds and images of what went before. */
  readonly seconds: number
  readonly images: number
}

export interface EpochSums {
  readonly loss: number
  /** Rows that were answered entirely right. */
  readonly hits: number
  readonly seen: number
}

/** What early stopping and "restore best" remember. */
export interface MonitorState {
  readonly bestEpoch: number
  readonly bestValue: number | null
  readonly waited: number
  readonly stopped: boolean
  readonly validation: ValidationScores | null
}

/** Where checkpoints are kept, and how often one is made. */
export interface FitCheckpoints {
  save(checkpoint: FitCheckpoint): Promise<void>
  /** The newest one; null when there is none. */
  load(): Promise<FitCheckpoint | null>
  /** After this many epochs; default 1. */
  readonly everyEpochs?: number
  /** Also after this many steps within an epoch; absent: only between epochs. */
  readonly everySteps?: number
  /** Whether `save` would keep one now, for those to whom making one is a cost; absent: always. */
  due?(): boolean
}

const count = z.int().min(0)
const validation = z.strictObject({
  count,
  values: z.record(z.string(), z.number()),
  head: z.strictObject({
    task: z.string(),
    names: z.array(z.string()).readonly(),
    thresholds: z.array(z.number()).readonly().exactOptional(),
  }),
})
const point = z.strictObject({
  name: z.string(),
  split: z.enum(['train', 'val']),
  epoch: count,
  step: count,
  value: z.number(),
  x: z.strictObject({ name: z.enum(['epoch', 'step']), value: z.number() }),
})
const header = z.strictObject({
  version: z.literal(2),
  fingerprint: z.string(),
  optimizer: z.string().exactOptional(),
  epoch: count,
  position: count,
  sums: z.strictObject({ loss: z.number(), hits: count, seen: count }),
  step: count,
  monitor: z.strictObject({
    bestEpoch: count,
    bestValue: z.number().nullable(),
    waited: count,
    stopped: z.boolean(),
    validation: validation.nullable(),
  }),
  hasBestWeights: z.boolean(),
  curves: z.array(point),
  seconds: z.number(),
  images: count,
})

/** A checkpoint as the bytes of a safetensors file. */
export function encodeCheckpoint({ trainer, bestWeights, kept = {}, ...rest }: FitCheckpoint): Uint8Array {
  const tensors: Tensors = new Map([
    ...prefixed('weights/', trainer.weights),
    ...prefixed('slots/', trainer.slots),
    ...prefixed('best/', bestWeights ?? new Map()),
    ...Object.entries(kept).flatMap(([aid, weights]) => [...prefixed(`kept/${aid}/`, weights)]),
  ])
  const state: z.input<typeof header> = {
    version: 2,
    ...rest,
    curves: [...rest.curves],
    step: trainer.step,
    hasBestWeights: bestWeights !== null,
  }
  return writeSafetensors(tensors, { checkpoint: JSON.stringify(state) })
}

/**
 * The checkpoint in the bytes that `encodeCheckpoint` gave; throws EngineError when they are something else or damaged.
 */
export function decodeCheckpoint(bytes: Uint8Array): FitCheckpoint {
  try {
    const { tensors, metadata } = readSafetensors(bytes)
    const { version: _, step, hasBestWeights, ...rest } = header.parse(JSON.parse(metadata['checkpoint'] ?? 'null'))
    return {
      ...rest,
      trainer: { step, weights: unprefixed('weights/', tensors), slots: unprefixed('slots/', tensors) },
      bestWeights: hasBestWeights ? unprefixed('best/', tensors) : null,
      kept: Object.fromEntries(keepersIn(tensors).map((aid) => [aid, unprefixed(`kept/${aid}/`, tensors)])),
    }
  } catch (error) {
    throw new EngineError(
      `The checkpoint can't be read: ${textOf(error)}. ` + 'Expected a checkpoint file of this version of Graft.',
      'Delete it to start the training from the beginning.',
    )
  }
}

/** Names of the aids whose weights are among these. */
const keepersIn = (tensors: Tensors): readonly string[] => [
  ...new Set([...tensors.keys()].flatMap((name) => /^kept\/([^/]+)\//.exec(name)?.[1] ?? [])),
]

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, tensor]) => [prefix + name, tensor]))
}

function unprefixed(prefix: string, tensors: Tensors): Tensors {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  )
}
