import { exampleAdvice } from '@graft/graph-schema/testing'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../render-report.js'

const page = renderReport({
  title: 'Flowers',
  document: {},
  evaluations: [],
  trainings: [],
  thumbnails: new Map(),
  advice: exampleAdvice,
})

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
})
