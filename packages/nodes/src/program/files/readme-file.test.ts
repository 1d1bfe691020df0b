import { expect, it } from 'vitest'
import type { ProgramPlan } from '../plan/program-plan.js'
import { readmeFile } from './readme-file.js'

it('A README keeps a person’s own words in their line and cell', () => {
  const plan = {
    title: 'Mine\n\n# and yours',
    classes: ['one'],
    images: 'images',
    phases: [],
    evaluations: [],
    remarks: [],
  } as unknown as ProgramPlan
  const written = readmeFile(plan, { nodes: { first: { type: 'augment', title: 'A | B\nC' } } })
  expect(written.split('\n')[0]).toBe('# Mine # and yours')
  expect(written).toContain('for 1 class.')
  expect(written).toContain('| A \\| B C | augment |')
})
