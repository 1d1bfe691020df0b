import { createRandom, deriveSeed, shuffle } from '@graft/network'
import type { FitPlan } from '../plan/plan-fit.js'
import type { TrainSettings } from '../settings/index.js'

/** Which images make up which batch: a pure function of the seed, so that a run can be taken up at any step. */
export interface BatchPlan {
  readonly stepsPerEpoch: number
  /** Images of that many first batches of an epoch. */
  imagesIn(steps: number): number
  /** Indices of the images of every batch of an epoch (epochs from 0). */
  epoch(epoch: number): readonly (readonly number[])[]
}

export interface BatchOptions extends Pick<TrainSettings, 'batchSize' | 'shuffle' | 'seed' | 'dropLast'> {
  readonly count: number
  /** Images of each class, where classes are to come equally often (see `sampling`). Absent: every image once. */
  readonly groups?: readonly (readonly number[])[]
  /**
   * True when batch normalisation with batch statistics is trained: a batch of one image has no variance to speak of.
   */
  readonly batchStatistics: boolean
}

/**
 * Cuts `count` images into batches, in an order drawn from (seed, epoch). The last, smaller batch is dropped as
 * `dropLast` says, never the only one.
 */
export function planBatches(options: BatchOptions): BatchPlan {
  const { count, batchSize, seed } = options
  const full = Math.floor(count / batchSize)
  const stepsPerEpoch = full + (count % batchSize > 0 && !dropsLast(options) ? 1 : 0)
  const inOrder = range(0, count, count)
  return {
    stepsPerEpoch,
    imagesIn: (steps) => Math.min(steps * batchSize, count),
    epoch: (epoch) => {
      const random = createRandom(deriveSeed(seed, `epoch ${epoch}`))
      const images = options.groups ? balanced(options.groups, count, random) : inOrder
      const order = options.shuffle ? shuffle(images, random) : images
      return Array.from({ length: stepsPerEpoch }, (_, step) => order.slice(step * batchSize, (step + 1) * batchSize))
    },
  }
}

/** `count` images in turns from the classes, each class in a new order whenever it is through. */
function balanced(groups: readonly (readonly number[])[], count: number, random: () => number): readonly number[] {
  const filled = groups.filter((group) => group.length > 0)
  const share = Math.ceil(count / filled.length)
  const drawn = filled.map((group) =>
    Array.from({ length: Math.ceil(share / group.length) }, () => shuffle(group, random)).flat(),
  )
  const turns = Array.from({ length: share }, (_, turn) => drawn.map((images) => images[turn] ?? 0))
  // Which classes get one more where it doesn't come out even changes from epoch to epoch.
  const last = shuffle(turns.at(-1) ?? [], random)
  return [...turns.slice(0, -1).flat(), ...last].slice(0, count)
}

function dropsLast({ count, batchSize, dropLast, batchStatistics }: BatchOptions): boolean {
  if (count < batchSize || dropLast === 'never') return false
  return dropLast === 'always' || (batchStatistics && count % batchSize === 1)
}

/** What `planBatches` needs to know of the classes; nothing where every image comes once. */
export function classGroups({
  settings,
  task,
  classes,
  options,
}: Pick<FitPlan, 'settings' | 'task' | 'classes' | 'options'>): Pick<BatchOptions, 'groups'> {
  if (settings.sampling === 'all') return {}
  const groups: number[][] = Array.from({ length: classes }, () => [])
  Array.from(options.train.labels).forEach((label, image) => {
    for (const name of task.classesOf(label)) groups[name]?.push(image)
  })
  return { groups }
}

/** The integers from `start`, `size` of them at most, below `end`. */
export function range(start: number, size: number, end: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(size, end - start)) }, (_, index) => start + index)
}
