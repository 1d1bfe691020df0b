import { expect, it } from 'vitest'
import type { z } from 'zod'
import type { NodeDefinition } from '../sdk/define-node.js'
import { describeNode } from '../testing/describe-node.js'
import { library } from './index.js'

/** Values for params that have no default: paths, so far. */
const required = ({ params }: NodeDefinition): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(params.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, field]) =>
      field.safeParse(undefined).success ? [] : [[name, 'photos']],
    ),
  )

for (const definition of library) describeNode(definition, { params: required(definition) })

it('has no type twice', () => {
  const types = library.map(({ type }) => type)
  expect(new Set(types).size).toBe(types.length)
})
