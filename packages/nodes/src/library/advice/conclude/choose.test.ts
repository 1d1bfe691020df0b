import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { MeasuredCandidate } from './candidates.js'
import { chooseCandidate } from './choose.js'

const images = 120

interface Way {
  readonly recipe?: 'leastSquares' | 'probe'
  readonly features?: 'all' | 'last'
  readonly cut?: string | null
}

const candidate = (hits: Float64Array, { recipe = 'probe', features = 'all', cut = null }: Way): MeasuredCandidate => {
  const head = { independent: hits.length }
  const id = `${recipe} ${features} ${cut ?? ''}`
  return { id, network: 'one', recipe, features, cut, hits, macs: 1, way: { head } } as unknown as MeasuredCandidate
}

/** What the advisor measures of a network: least squares, and four others. */
const others: readonly Way[] = [{}, { features: 'last' }, { cut: 'early' }, { cut: 'early', features: 'last' }]

const choiceOf = (usual: Float64Array, leads: readonly Float64Array[]): string | undefined =>
  chooseCandidate([
    candidate(usual, { recipe: 'leastSquares' }),
    ...leads.map((hits, index) => candidate(hits, others[index] ?? {})),
  ])?.id

/** Right on all images but some, which begin at a place. */
const wrongOn = (count: number, from = 0): Float64Array =>
  Float64Array.from({ length: images }, (_, row) => (row >= from && row < from + count ? 0 : 1))

describe('the choice among ways to use a network', () => {
  it('stays with what did best on other sets of images where another is ahead by a standard error or two', () => {
    // Wrong on 30 images against 22 others: ahead by 6.7 points, with a standard error of eight.
    expect(choiceOf(wrongOn(30), [wrongOn(22, 40)])).toBe('leastSquares all ')
    // Ahead on 8 images and behind on none: by two standard errors.
    expect(
      choiceOf(
        wrongOn(30),
        others.map(() => wrongOn(22)),
      ),
    ).toBe('leastSquares all ')
  })

  it('leaves it for what is better beyond chance', () =>
    expect(choiceOf(wrongOn(30), [wrongOn(28), wrongOn(29), wrongOn(10)])).toBe('probe all early'))

  it('asks a larger lead of the best of several than of one', () => {
    const [usual, better] = [wrongOn(30), wrongOn(23)]
    expect(choiceOf(usual, [better])).toBe('probe all ')
    expect(choiceOf(usual, [better, usual, usual, usual])).toBe('leastSquares all ')
  })

  it('stays with it where four images are all there is to go by, and another way was right on each of them', () => {
    const [none, all] = [new Float64Array(4), new Float64Array(4).fill(1)]
    const found = [candidate(none, { features: 'last' }), ...others.slice(2).map((way) => candidate(all, way))]
    expect(chooseCandidate(found)?.id).toBe('probe last ')
  })

  it('leaves it by chance in one of twenty draws at most, where all are equally good', () => {
    const random = createRandom(1)
    const draw = (): Float64Array => Float64Array.from({ length: images }, () => (random() < 0.8 ? 1 : 0))
    const choices = Array.from({ length: 400 }, () => choiceOf(draw(), others.map(draw)))
    expect(choices.filter((id) => id !== 'leastSquares all ').length).toBeLessThanOrEqual(20)
  })
})
