import { expect, it } from 'vitest'
import { describeNode } from '../testing/describe-node.js'
import { library } from './index.js'

/** Values for params that have no default. */
const required: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'image-folder': { path: 'photos' },
  predict: { path: 'photos' },
}

for (const definition of library) describeNode(definition, { params: required[definition.type] ?? {} })

it('has no type twice', () => {
  const types = library.map(({ type }) => type)
  expect(new Set(types).size).toBe(types.length)
})
