import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { removeLeftovers } from './remove-leftovers.js'

it('removes uploads that a killed server left, but none that may be under way', async () => {
  const [temporary, uploads] = [mkdtempSync(join(tmpdir(), 'graft-tmp-')), mkdtempSync(join(tmpdir(), 'graft-up-'))]
  for (const path of [join(uploads, '.upload-old'), join(uploads, '.upload-new'), join(uploads, 'cats')])
    mkdirSync(path)
  writeFileSync(join(temporary, 'upload.zip'), 'x')
  for (const path of [join(uploads, '.upload-old'), join(uploads, 'cats'), join(temporary, 'upload.zip')])
    utimesSync(path, 1000, 1000)
  await removeLeftovers(temporary, uploads)
  expect([readdirSync(temporary), readdirSync(uploads).toSorted()]).toEqual([[], ['.upload-new', 'cats']])
})
