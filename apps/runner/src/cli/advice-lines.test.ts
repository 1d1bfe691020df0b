import { exampleAdvice } from '@graft/graph-schema/testing'
import { expect, it } from 'vitest'
import { adviceLines } from './advice-lines.js'

const plain = { bold: (text: string) => text } as Parameters<typeof adviceLines>[1]

it('advice in a terminal begins with what to do, names images of findings, and leaves empty parts out', () => {
  const lines = adviceLines(exampleAdvice, plain)
  expect(lines.slice(0, 2)).toEqual(['What to do', `  ${exampleAdvice.recommendation.words}`])
  expect(lines.join('\n')).toContain('For example daisy/9.jpg and sunflower/41.jpg.')
  expect(lines).not.toContain("What can't be known from these images")
})
