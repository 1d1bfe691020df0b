import type { DatasetValue, Sample } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { lookAt, mostOfAll } from './looked-at.js'

const lookAtClasses = (classes: number, perClass: number) => {
  const samples = Array.from({ length: classes * perClass }, (_, index) => ({
    ...{ id: `${index}`, fingerprint: `${index}`, label: index % classes },
  })) as unknown as Sample[]
  const classNames = Array.from({ length: classes }, (_, label) => `${label}`)
  return lookAt({ classNames } as unknown as DatasetValue, samples, 800)
}

it('looks at five images of a class at least, but never at more than can be held against each other', () => {
  expect(lookAtClasses(300, 6).samples).toHaveLength(1500)
  expect(lookAtClasses(2000, 5).samples).toHaveLength(4000)
  expect(lookAtClasses(2000, 5).samples.length).toBeLessThanOrEqual(mostOfAll)
})

it('knows of a test that is kept elsewhere: these are the training images of a division', () => {
  const images = { classNames: ['a'], split: 'train' } as unknown as DatasetValue
  expect(lookAt(images, [], 800).hasTest).toBe(true)
  expect(lookAtClasses(2, 2).hasTest).toBe(false)
})
