import { multiLabel } from '@graft/engines'
import { describeScores, metricsDetailSchema, type MultiLabelEvaluation } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../render-report.js'
import { testReportInput } from '../test-report-input.js'

const names = ['<b>ant</b>', 'bee', 'rose']
const head = { task: 'multi-label', names, thresholds: [0.5, 0.25, 0.7] }
const logits = [2, -2, 1, -1, 1, -3, -2, -2, 3]
const { values, intervals, detail, rows } = multiLabel.evaluate({ values: logits, width: 3 }, [[0, 2], [0], [2]], head)
const evaluation = metricsDetailSchema.parse({
  ...detail,
  title: 'Evaluate test',
  split: 'test',
  count: 3,
  scores: describeScores(multiLabel, values),
  intervals,
  classNames: names,
  predictions: rows.map((row, index) => ({ id: `image ${index}`, ...row })),
  topLosses: [
    { id: 'image 1', ...rows[1], loss: 1.5, thumbnail: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'image/jpeg' } },
  ],
}) as MultiLabelEvaluation

describe('the report of several classes per image', () => {
  const page = renderReport({ ...testReportInput(), evaluations: [evaluation] })

  it('tells scores, thresholds, classes that come together, and the worst images', () => {
    expect(page).toContain('Test mean average precision')
    expect(page).toContain('Classes together')
    expect(page).toContain('0.25')
    expect(page).toMatch(/said <b>bee \(73\s?%\)/)
    expect(page.replace(/<script[^]*?<\/script>/g, '')).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('shows names as text', () => {
    expect(page).not.toContain('<b>ant</b>')
    expect(page).toContain('&lt;b&gt;ant&lt;/b&gt;')
  })
})
