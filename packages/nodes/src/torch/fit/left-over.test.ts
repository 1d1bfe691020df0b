import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { removeLeftOver } from './left-over.js'

const root = mkdtempSync(join(tmpdir(), 'graft-left-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('removes what a killed process left once it is a day old, and nothing of a living one', async () => {
  // No process has such a number.
  const dead = 'graft-torch-999999999-abc'
  const living = `graft-torch-${process.pid}-abc`
  for (const name of [dead, living, 'graft-forward-abc', 'other']) mkdirSync(join(root, name))
  writeFileSync(join(root, dead, 'model.py'), '')
  await removeLeftOver(root)
  expect(readdirSync(root)).toHaveLength(4)
  await removeLeftOver(root, Date.now() + 25 * 60 * 60 * 1000)
  expect(readdirSync(root).toSorted()).toEqual([living, 'other'].toSorted())
})
