import type { AdviceValue } from '@graft/graph-schema'
import { exampleAdvice } from '@graft/graph-schema/testing'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../render-report.js'

const pageOf = (advice: AdviceValue): string =>
  renderReport({ title: 'Flowers', document: {}, evaluations: [], trainings: [], thumbnails: new Map(), advice })
const page = pageOf(exampleAdvice)

describe('a page of advice', () => {
  it('begins with the recommendation and says nothing of a training that was not', () => {
    expect(page).toContain(`<p class="lead">${exampleAdvice.recommendation.words}</p>`)
    expect(page).not.toContain('Nothing was evaluated')
  })

  it('has every candidate, cut, promise and finding, each number with its interval', () => {
    for (const { title } of exampleAdvice.candidates) expect(page).toContain(title)
    for (const { stage } of exampleAdvice.profiles[0]?.cuts ?? [])
      expect(page).toContain(`<th scope="row">${stage}</th>`)
    expect(page).toContain('87.5% (83.2% to 90.8%)')
    expect(page).toContain(exampleAdvice.curve?.promise?.words)
    for (const { title, groups } of exampleAdvice.findings) {
      expect(page).toContain(title)
      for (const { id } of groups.flat()) expect(page).toContain(id)
    }
  })
  it('shows images that stand alone side by side, and each pair in a row of its own', () => {
    const [alone, pairs] = exampleAdvice.findings
    const galleries = (findings: AdviceValue['findings']): number =>
      pageOf({ ...exampleAdvice, findings }).split('<ul class="gallery">').length - 1
    expect(galleries([alone!])).toBe(1)
    expect(galleries([{ ...pairs!, groups: [...pairs!.groups, ...pairs!.groups] }])).toBe(2)
  })

  it('says that the textbook agrees instead of a difference of nothing', () => {
    const textbook = { ...exampleAdvice.textbook!, agrees: true, difference: { value: 0, low: -0.01, high: 0.01 } }
    const agreed = pageOf({ ...exampleAdvice, textbook })
    expect(agreed).toContain('The advice is the same.')
    expect(agreed).not.toContain('against it, on the same images')
  })
})
