import { describe, expect, it } from 'vitest'
import { imageNetClasses } from './image-net-classes.js'

describe('the classes of ImageNet', () => {
  it('are a thousand, in the customary order', () => {
    expect(imageNetClasses).toHaveLength(1000)
    expect([0, 1, 207, 281, 340, 999].map((index) => imageNetClasses[index])).toEqual([
      'tench',
      'goldfish',
      'golden retriever',
      'tabby',
      'zebra',
      'toilet tissue',
    ])
    expect(imageNetClasses.every((name) => name.trim() === name && name !== '')).toBe(true)
  })
})
