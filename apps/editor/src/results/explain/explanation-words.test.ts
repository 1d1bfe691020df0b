import { describe, expect, it } from 'vitest'
import { explanationWords, familiarityWords } from './explanation-words.js'

const part = { left: 0, top: 0, width: 0.25, height: 0.25 }
const explanation = {
  node: 'train',
  classIndex: 0,
  className: 'ants',
  probability: 0.98,
  aspect: 1,
  seen: { left: 0, top: 0, width: 1, height: 1 },
  cells: [[1, 0]],
  most: { part, probability: 0.61 },
  milliseconds: 1,
}
const familiarity = { node: 'train', asFar: 0, validation: 100, training: 200, unfamiliar: true }

describe('a heat map in words', () => {
  it('says what covering the outlined part does', () => {
    expect(explanationWords(explanation)).toContain('“ants”: covering the outlined part brings it from 98.0% to 61.0%')
  })

  it('says so where no part counts by itself', () => {
    expect(explanationWords({ ...explanation, cells: [[0, -0.5]] })).toContain('stays at 98.0% or more')
  })
})

describe('whether an image is of none of the classes', () => {
  it('is said with what was counted', () => {
    expect(familiarityWords(familiarity)).toBe(
      'This may be none of these classes. None of 100 validation images lies as far from the training images, by what the network sees in them.',
    )
    expect(familiarityWords({ ...familiarity, asFar: 40, unfamiliar: false })).toContain(
      '40 of 100 validation images lie',
    )
  })

  it('is not said by too few validation images', () => {
    expect(familiarityWords({ ...familiarity, validation: 18 })).toBeNull()
  })
})
