import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { faultTests } from './faults.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

it.each([
  ['folders', 14],
  ['machines', 27],
] as const)('every fault of %s has a test that is named after it', (section, count) => {
  const own = faultTests.filter(([name]) => name === section)
  expect([...new Set(own.map(([, entry]) => entry))]).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  for (const [, entry, file, title] of own)
    expect(readFileSync(join(root, file), 'utf8'), `${section} ${entry}`).toContain(title)
})
