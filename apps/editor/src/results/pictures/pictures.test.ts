import { describe, expect, it } from 'vitest'
import { correctionOf, correctionsCsv, namesIn } from './corrections.js'
import { everything, filterPictures } from './filter-pictures.js'
import type { Picture } from './picture.js'

const picture = (id: string, answer: number, probability: number, label: number | null = null): Picture => ({
  id,
  at: () => null,
  answers: [{ index: answer, probability }],
  chosen: [answer],
  label,
})
const pictures = [
  picture('a/2.jpg', 0, 0.9, 0),
  picture('a/10.jpg', 0, 0.6, 1),
  picture('b/1.jpg', 1, 0.99, 1),
  picture('b/3.jpg', 1, 0.9, 0),
]
const ids = (filter: Partial<typeof everything>): readonly string[] =>
  filterPictures(pictures, { ...everything, ...filter }).map(({ id }) => id)

describe('the gallery', () => {
  it('begins with what the network was least sure of, and can be turned round or sorted by answer and name', () => {
    expect(ids({})).toEqual(['a/10.jpg', 'a/2.jpg', 'b/3.jpg', 'b/1.jpg'])
    expect(ids({ order: 'sure' })).toEqual(['b/1.jpg', 'a/2.jpg', 'b/3.jpg', 'a/10.jpg'])
    expect(ids({ order: 'class' })).toEqual(['a/2.jpg', 'a/10.jpg', 'b/1.jpg', 'b/3.jpg'])
    expect(ids({ order: 'name' })).toEqual(['a/2.jpg', 'a/10.jpg', 'b/1.jpg', 'b/3.jpg'])
  })

  it('is filtered by answer, certainty, and right or wrong', () => {
    expect(ids({ answer: 1 })).toEqual(['b/3.jpg', 'b/1.jpg'])
    expect(ids({ atMost: 0.7 })).toEqual(['a/10.jpg'])
    expect(ids({ outcome: 'wrong' })).toEqual(['a/10.jpg', 'b/3.jpg'])
    expect(ids({ outcome: 'right' })).toEqual(['a/2.jpg', 'b/1.jpg'])
    expect(filterPictures([picture('x', 0, 1)], { ...everything, outcome: 'wrong' })).toEqual([])
  })
})

describe('corrections', () => {
  it('of images of several classes name all of them as Image Table reads them, or none', () => {
    expect(correctionsCsv({ 'a.jpg': correctionOf(['cat', 'dog']) })).toContain('a.jpg,cat|dog')
    expect([namesIn('cat|dog'), namesIn(correctionOf([]))]).toEqual([['cat', 'dog'], []])
  })

  it('become a table with the columns that Image Table reads, whatever is in the names', () => {
    expect(correctionsCsv({ 'b, "1".jpg': 'ants', 'a.jpg': 'bees' })).toBe(
      'file,labels\r\na.jpg,bees\r\n"b, ""1"".jpg",ants\r\n',
    )
  })
})
