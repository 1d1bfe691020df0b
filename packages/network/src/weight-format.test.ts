import { expect, it } from 'vitest'
import { FormatError } from './weight-format.js'

it('a message about a name of any length can be read: its middle is left out', () => {
  const { message } = new FormatError(`The layer ${'x'.repeat(1e6)} can't be read.`, 'Save it again.')
  expect(message.length).toBeLessThan(3000)
  expect(message).toMatch(/^The layer x+ \.\.\. x+ can't be read\.$/)
})
