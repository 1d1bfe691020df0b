import { expect, it } from 'vitest'
import type { FindingInput } from './finding-input.js'
import { findDuplicates } from './duplicates.js'

it('says that copies were found by their pixels only where pixels were compared', () => {
  const input = { pairs: [[0, 1]], looked: { labels: [0, 0] }, countPerClass: [2], measured: null } as const
  const textOf = (byPixels: boolean) => findDuplicates({ ...input, byPixels } as unknown as FindingInput)[0]?.text
  expect(textOf(true)).toContain('and by their pixels')
  expect(textOf(false)).toContain('too many images to compare their pixels')
})
