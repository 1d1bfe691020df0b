import { describe, expect, it } from 'vitest'
import { copyToOpen } from './two-copies.js'

describe('the two copies of a draft', () => {
  it('an old address finds the server’s copy in a browser that has none', () => {
    expect(copyToOpen(null, 5)).toBe('theirs')
    expect(copyToOpen(null, null)).toBe(null)
  })

  it('the browser goes on with its own where the server knows none, or what it was made from', () => {
    expect(copyToOpen({ savedAt: 9, sentAt: null }, null)).toBe('mine')
    expect(copyToOpen({ savedAt: 9, sentAt: 5 }, 5)).toBe('mine')
    expect(copyToOpen({ savedAt: 9, sentAt: 9 }, 9)).toBe('mine')
    // The answer was lost.
    expect(copyToOpen({ savedAt: 9, sentAt: 5 }, 9)).toBe('mine')
  })

  it('another browser’s later copy is taken where nothing was edited here since', () => {
    expect(copyToOpen({ savedAt: 5, sentAt: 5 }, 9)).toBe('theirs')
  })

  it('both are kept where both went on, whichever is later', () => {
    expect(copyToOpen({ savedAt: 7, sentAt: 5 }, 9)).toBe('both')
    expect(copyToOpen({ savedAt: 9, sentAt: 5 }, 7)).toBe('both')
    expect(copyToOpen({ savedAt: 9, sentAt: null }, 7)).toBe('both')
  })
})
