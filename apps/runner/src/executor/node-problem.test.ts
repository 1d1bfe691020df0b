import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { problemOf } from './node-problem.js'

it('a missing file is told in a sentence, with its path and without the system’s words', async () => {
  const error: unknown = await readFile('/nowhere/photos/1.jpg').catch((reason: unknown) => reason)
  const { message, fix } = problemOf(error, 'images', 'Image Folder', false)
  expect(message).toBe('Image Folder needs "/nowhere/photos/1.jpg", which is not there.')
  expect(fix).toContain('Check the path')
})

it('what the system refuses otherwise ends as a sentence too', () => {
  const error = Object.assign(new Error('EPERM: operation not permitted, open x'), { code: 'EPERM', path: 'x' })
  expect(problemOf(error, 'a', 'Export Model', false).message).toBe('Export Model may not open "x".')
})
