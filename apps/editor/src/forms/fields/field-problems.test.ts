import type { Problem } from '@graft/graph-schema'
import { expect, test } from 'vitest'
import { fieldMessage, problemsOfField, problemsOfNode, shortMessage } from './field-problems.js'

const problem = (field?: string): Problem => ({
  code: 'x',
  severity: 'error',
  node: 'head',
  message: 'm',
  fix: 'f',
  ...(field !== undefined && { field }),
})

test('a field shows its own problems and those inside it', () => {
  const problems = [problem('hidden'), problem('hidden.0'), problem('hiddenLayers'), problem()]
  expect(problemsOfField(problems, 'hidden').map(({ field }) => field)).toEqual(['hidden', 'hidden.0'])
})

test('what no field shows is shown on the node', () => {
  expect(
    problemsOfNode([problem('hidden.0'), problem('model'), problem()], ['hidden']).map(({ field }) => field),
  ).toEqual(['model', undefined])
})

test('messages lose the name of the node', () => {
  expect(
    shortMessage({
      ...problem(),
      subject: 'Add Head (head)',
      message: 'Add Head (head): "hidden.0" is 0; expected a whole number.',
    }),
  ).toBe('"hidden.0" is 0; expected a whole number.')
  expect(shortMessage({ ...problem(), message: 'there is a note (see below): text' })).toBe(
    'There is a note (see below): text',
  )
})

test('what is missing is said in words, by the name of the field', () => {
  const missing = {
    code: 'param-missing',
    message: 'Image Folder (images): "path" is missing; expected text that is not empty.',
    fix: 'Set "path" to text that is not empty.',
    subject: 'Image Folder (images)',
  } as const
  expect(fieldMessage(missing, { title: 'Folder', widget: 'path' })).toEqual({
    message: 'Folder is missing.',
    fix: 'Choose it with Browse, or type where it is.',
  })
  expect(fieldMessage({ ...missing, code: 'param-invalid' }, { title: 'Folder', widget: 'path' }).message).toBe(
    '"path" is missing; expected text that is not empty.',
  )
})
