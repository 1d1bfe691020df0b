import { expect, it } from 'vitest'
import type { ProgramPlan } from '../plan/program-plan.js'
import { readmeFile } from './readme-file.js'

const planOf = (title: string): ProgramPlan =>
  ({ title, classes: ['one'], images: 'images', phases: [], evaluations: [], remarks: [] }) as unknown as ProgramPlan

it('A README keeps a person’s own words in their line and cell', () => {
  const written = readmeFile(planOf('Mine\n\n# and yours'), {
    nodes: { first: { type: 'augment', title: 'A | B\nC' } },
  })
  expect(written.split('\n')[0]).toBe('# Mine # and yours')
  expect(written).toContain('for 1 class.')
  expect(written).toContain('| A \\| B C | augment |')
})

it('A README says that weights under a library’s names have no description of the network, and only of those', () => {
  const said = /`weights.safetensors` .* have torchvision's names and no description of the network/
  expect(readmeFile(planOf('Mine'), { nodes: {} }, { library: 'torchvision', name: 'resnet18' })).toMatch(said)
  expect(readmeFile(planOf('Mine'), { nodes: {} })).toContain('| its weights at the start |')
})
