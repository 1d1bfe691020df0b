import type { GraphDocument, Problem } from '@graft/graph-schema'
import { expect, test } from 'vitest'
import { testGraph } from '../../document/graph/test-graph.js'
import { fieldsFromSchema } from './fields-from-schema.js'
import { applying, layOutForm, putAway, putAwayTitle } from './form-layout.js'

const { main, advanced } = layOutForm(
  fieldsFromSchema({
    type: 'object',
    properties: {
      epochs: { type: 'integer', default: 10 },
      momentum: { type: 'number', default: 0.9, advanced: true },
      stages: { type: 'object', additionalProperties: { type: 'number' }, default: {}, advanced: true },
    },
  }),
)

const withParams = (params: Readonly<Record<string, unknown>>): GraphDocument => {
  const graph = testGraph({ train: 'train' })
  return { ...graph, nodes: { train: { type: 'train', version: 1, params } } }
}
const problem = (field: string): Problem => ({
  code: 'x',
  severity: 'error',
  node: 'train',
  field,
  message: 'm',
  fix: 'f',
})

test('advanced fields are put away, the others are not', () => {
  expect([main.length, advanced.length]).toEqual([1, 2])
})

test('what is as by default needs no look, written out or not', () => {
  expect(putAway(advanced, withParams({ epochs: 3 }), 'train', [])).toEqual({ changed: 0, wrong: 0 })
  expect(putAway(advanced, withParams({ momentum: 0.9, stages: {} }), 'train', [])).toEqual({ changed: 0, wrong: 0 })
})

test('fields that are set differently are counted in the title', () => {
  const hidden = putAway(advanced, withParams({ momentum: 0.5, stages: { stage1: 0 } }), 'train', [])
  expect(hidden.changed).toBe(2)
  expect(putAwayTitle(hidden)).toBe('Advanced, 2 changed')
})

test('a field is shown only while it means something, by what another is set to or by its default', () => {
  const fields = fieldsFromSchema({
    type: 'object',
    properties: {
      method: { enum: ['descent', 'solver'], default: 'descent' },
      epochs: { type: 'integer', appliesWhen: { field: 'method', values: ['descent'] } },
      penalty: { type: 'number', appliesWhen: { field: 'method', values: ['solver'] } },
    },
  })
  const shown = (params: Readonly<Record<string, unknown>>) =>
    applying(fields, withParams(params), 'train').map(({ path }) => path)
  expect(shown({})).toEqual(['method', 'epochs'])
  expect(shown({ method: 'solver', epochs: 3 })).toEqual(['method', 'penalty'])
})

test('a problem inside a field that is put away, or a failed run that names it, asks for a look', () => {
  expect(putAway(advanced, withParams({}), 'train', [problem('stages.stage1'), problem('epochs')]).wrong).toBe(1)
  expect(putAway(advanced, withParams({}), 'train', [], 'momentum').wrong).toBe(1)
})
