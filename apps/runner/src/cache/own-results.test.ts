import { appendFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownResults } from './own-results.js'

it('knows what was added, also by another process, and nothing before', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'graft-own-')), 'of-run')
  const own = ownResults(directory)
  expect(await own.has('aa')).toBe(false)
  await own.add('aa')
  await own.add('bb')
  const other = ownResults(directory)
  expect(await Promise.all(['aa', 'bb', 'a', ''].map((key) => other.has(key)))).toEqual([true, true, false, true])
})

it('loses nothing that is added after a line of which a full disk left a part', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'graft-own-'))
  const own = ownResults(directory)
  await own.add('aaaa')
  appendFileSync(join(directory, 'own-results'), '\nbb')
  await own.add('bbbb')
  expect(await Promise.all(['aaaa', 'bbbb', 'bb'].map((key) => own.has(key)))).toEqual([true, true, true])
})
