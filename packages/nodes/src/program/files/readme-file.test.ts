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

it('A README tells how a batch is computed in parts, and what joined epochs write where a phase joins some', () => {
  const phase = {
    ...{ name: 'train', frozen: [], head: null, epochs: 3, batchSize: 4, learningRate: 0.1, node: 'a' },
    soup: 2,
  }
  const around = { optimizer: { name: 'SGD' }, schedule: { name: 'constant' } }
  const phases = [{ ...phase, ...around }] as unknown as ProgramPlan['phases']
  const written = readmeFile({ ...planOf('Mine'), phases }, { nodes: {} })
  expect(written).toContain('python train.py --parts 4 ')
  expect(written).toMatch(/`runs\/trained.safetensors` holds the mean alone, the event `joined`.*`soup\/EPOCH\/NAME`/)
  expect(readmeFile(planOf('Mine'), { nodes: {} })).not.toContain('joined')
})
