import { expect, it } from 'vitest'
import type { FitCheckpoint } from './plan/checkpoint.js'
import { anyRun, findCheckpoint } from './resume.js'
import { planBatches } from './steps/batches.js'

interface Place {
  readonly epoch: number
  readonly position: number
  readonly step: number
  readonly seen: number
  /** Step at which the epoch before ended, as the curves have it. */
  readonly closed?: number
}

/** In a training on 200 images, 13 batches of 16 an epoch, whose last one has 8. */
const found = ({ epoch, position, step, seen, closed }: Place, batchSize = 16, count = 200) => {
  const x = { name: 'epoch', value: epoch }
  const curves = closed === undefined ? [] : [{ name: 'loss', split: 'train', epoch, step: closed, value: 1, x }]
  const trainer = { step, weights: new Map(), slots: new Map() }
  const sums = { loss: 1, hits: 1, seen }
  const checkpoint = { fingerprint: anyRun, epoch, position, sums, trainer, curves } as unknown as FitCheckpoint
  const checkpoints = { load: async () => checkpoint, save: async () => undefined }
  const order = { shuffle: false, seed: 1, dropLast: 'auto', batchStatistics: false } as const
  const batches = planBatches({ ...order, count, batchSize })
  return findCheckpoint(checkpoints, 'this run', { emit: () => undefined }, batches)
}

it.each([
  ['before its first step', { epoch: 0, position: 0, step: 0, seen: 0 }],
  ['in the middle of an epoch', { epoch: 2, position: 3, step: 29, seen: 48, closed: 26 }],
  ['between two epochs', { epoch: 2, position: 0, step: 26, seen: 0, closed: 26 }],
  ['at the end of an epoch that is not closed yet', { epoch: 0, position: 13, step: 13, seen: 200 }],
  ['without curves', { epoch: 2, position: 3, step: 29, seen: 48 }],
])('takes up a checkpoint that a person gave %s', async (_, place) => {
  expect(await found(place)).toMatchObject({ epoch: place.epoch, position: place.position })
})

it.each([
  ['is further in its epoch than one has steps', { epoch: 0, position: 31, step: 31, seen: 200 }],
  ['has taken other steps than its epochs have', { epoch: 2, position: 3, step: 103, seen: 48, closed: 100 }],
  ['has taken others, without curves', { epoch: 2, position: 3, step: 103, seen: 48 }],
  ['has closed epochs of fewer steps', { epoch: 2, position: 0, step: 14, seen: 0, closed: 14 }],
  ['has closed epochs of fewer steps, without curves', { epoch: 2, position: 0, step: 14, seen: 0 }],
  ['has taken more steps than are over', { epoch: 1, position: 0, step: 14, seen: 0, closed: 13 }],
])('refuses a checkpoint that a person gave and that %s', async (_, place) => {
  await expect(found(place)).rejects.toThrow(`${place.step} steps in all, and an epoch has 13 steps`)
})

it('refuses another batch size in the first epoch too, where the number of steps fits', async () => {
  const half = { epoch: 0, position: 10, step: 10, seen: 160 }
  expect(await found(half, 16, 320)).toMatchObject({ position: 10 })
  await expect(found(half, 32, 320)).rejects.toThrow('10 steps and 160 images into epoch 1')
})

it.each([
  ['in the first epoch', { epoch: 0, position: 12, step: 10, seen: 192 }],
  ['in a later one', { epoch: 1, position: 2, step: 13, seen: 32, closed: 13 }],
])('lets float16 have left steps out %s, also where an engine without it has gone on since', async (_, place) => {
  expect(await found(place)).toMatchObject({ position: place.position })
})
