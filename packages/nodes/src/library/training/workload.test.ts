import type { DatasetValue } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../evaluation/evaluate.js'
import { train } from './train.js'

const images = (count: number, transforms: readonly unknown[] = []): DatasetValue =>
  ({ kind: 'dataset', count, transforms }) as unknown as DatasetValue
const varied = images(200, [{ type: 'flip' }])
const workload = (inputs: Readonly<Record<string, unknown>>, params = {}) =>
  train.workload?.({ inputs, params: train.params.parse({ epochs: 10, ...params }) })

describe('the workload of Train and Evaluate', () => {
  it('is every image once through what is frozen, and every epoch through what is trained, validation without its gradients', () => {
    expect(workload({ train: images(200) })).toEqual({ forward: 200, training: 2000 })
    expect(workload({ train: images(200), validation: images(60) })).toEqual({ forward: 260, training: 2200 })
  })

  it('counts every view of an augmented image', () => {
    expect(workload({ train: varied })).toMatchObject({ forward: 2000 })
    expect(workload({ train: varied }, { views: 4 })).toMatchObject({ forward: 800 })
    expect(workload({ train: varied }, { views: 50 })).toMatchObject({ forward: 2000 })
  })

  it('is unknown while the images are', () => {
    expect(workload({})).toBeNull()
    expect(evaluate.workload?.({ inputs: {}, params: evaluate.params.parse({}) })).toBeNull()
    expect(evaluate.workload?.({ inputs: { images: images(70) }, params: evaluate.params.parse({}) })).toEqual({
      forward: 70,
      training: 0,
    })
  })
})
