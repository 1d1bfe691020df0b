import { expect, it } from 'vitest'
import { singleLabel } from '../../tasks/index.js'
import type { FitPlan } from '../plan/plan-fit.js'
import { computeHead } from './compute-head.js'
import { mostForLeastSquares } from './limits.js'
import type { ReadFeatures } from './read-features.js'
import type { Solvable } from './solvable.js'

it('least squares refuses what would take minutes, and names the method that does as well', async () => {
  const [rows, columns] = [mostForLeastSquares + 1, 1001]
  const plan = {
    task: singleLabel,
    classes: 2,
    settings: { method: 'leastSquares', penalty: 0, seed: 1 },
    options: { train: { key: String, count: rows }, tensors: new Map() },
  } as unknown as FitPlan
  const part = { columns, groups: [{ from: 0, to: columns, stage: 'last' }], standardise: null } as unknown as Solvable
  const features = { rows, values: new Float32Array(rows * columns) } as unknown as ReadFeatures
  const labels = Array.from({ length: rows }, (_, row) => row % 2)
  await expect(computeHead(plan, part, features, labels, () => {})).rejects.toMatchObject({
    message: expect.stringContaining(`${rows} images with ${columns} features`),
    fix: expect.stringContaining('solver'),
  })
})
