import { expect, it } from 'vitest'
import type { FitCheckpoint } from './plan/checkpoint.js'
import { anyRun, findCheckpoint } from './resume.js'

const found = (epoch: number, position: number, step: number, stepsPerEpoch: number, slots: readonly string[] = []) => {
  const tensor = { shape: [], data: Float32Array.of(1) }
  const trainer = { step, weights: new Map(), slots: new Map(slots.map((name) => [name, tensor])) }
  const checkpoint = { fingerprint: anyRun, epoch, position, trainer } as unknown as FitCheckpoint
  const checkpoints = { load: async () => checkpoint, save: async () => undefined }
  return findCheckpoint(checkpoints, 'this run', { emit: () => undefined }, stepsPerEpoch)
}

it.each([
  ['in the middle of an epoch', 2, 3, 29, 13],
  ['at the end of one that is not closed yet', 0, 13, 13, 13],
])('takes up a checkpoint that a person gave %s', async (_, epoch, position, step, stepsPerEpoch) => {
  expect(await found(epoch, position, step, stepsPerEpoch)).toMatchObject({ epoch, position })
})

it.each([
  ['is further in its epoch than one has steps', 0, 31, 31, 13],
  ['has taken other steps than its epochs have', 2, 3, 103, 13],
])('refuses a checkpoint that a person gave and that %s', async (_, epoch, position, step, stepsPerEpoch) => {
  await expect(found(epoch, position, step, stepsPerEpoch)).rejects.toThrow(
    `${step} steps in all, and an epoch has ${stepsPerEpoch} steps`,
  )
})

it('lets float16 leave steps out, but not take more', async () => {
  expect(await found(1, 0, 11, 13, ['scaler/scale'])).toMatchObject({ epoch: 1 })
  await expect(found(1, 0, 14, 13, ['scaler/scale'])).rejects.toThrow('another training')
})
