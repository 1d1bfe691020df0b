import { expect, it } from 'vitest'
import { ScoreSheet } from './score-sheet.js'

it('begins anew where what was kept can not be read', () => {
  for (const text of ['{"trained": [', '{}', 'null']) {
    const { sheet, seconds } = ScoreSheet.read(new TextEncoder().encode(text))
    expect([sheet.all, seconds]).toEqual([[], 0])
  }
})
