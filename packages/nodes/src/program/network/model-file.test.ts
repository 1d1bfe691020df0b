import { conformanceCases } from '@graft/engines/conformance'
import { expect, it } from 'vitest'
import { modelFile } from './model-file.js'
import { torchNetwork } from './torch-network.js'

it('Names of a network and its layers write no line of model.py', () => {
  const { network } = conformanceCases.find(({ operator }) => operator === 'Relu')!
  const hostile = 'a"""\nimport os\n.0.relu'
  const renamed = JSON.parse(
    JSON.stringify(network).replaceAll(JSON.stringify(network.output), JSON.stringify(hostile)),
  ) as typeof network
  const written = modelFile(torchNetwork({ ...renamed, name: hostile }))
  expect(written).toContain('# a import os .0')
  expect(written.split('\n').filter((line) => /^\s*import os/.test(line))).toEqual([])
  expect(written.match(/"""/g)).toHaveLength(2 * (2 + network.stages.length))
})
