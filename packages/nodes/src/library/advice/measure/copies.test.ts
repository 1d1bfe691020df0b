import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '@graft/graph-schema'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { renderThumbnail } from '../../../image-files/index.js'
import { copiesAmong } from './copies.js'

const drawn = (index: number): Sample => ({
  id: `drawn/${index}`,
  label: 0,
  fingerprint: String(index),
  generated: { family: 'similar', classIndex: index % 4, index, seed: 1, size: 128 },
})

it('copies are those that the network can not tell apart and those that look the same, each pair once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-copies-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'mirrored.jpg')
  await sharp(await renderThumbnail(drawn(3), 128))
    .flop()
    .jpeg()
    .toFile(path)
  const samples = [drawn(3), drawn(5), drawn(13), { id: 'mirrored', label: 1, fingerprint: 'mirrored', path }]
  const alikeTo = (known: readonly string[]) => (first: number, second: number) =>
    known.includes(`${first} ${second}`) ? 1 : 0
  const { signal } = new AbortController()
  const copies = async (known: readonly string[]) =>
    (await copiesAmong(samples, { last: alikeTo(known), middle: alikeTo(known) }, signal)).pairs.map((pair) =>
      pair.join(' '),
    )
  expect(await copies([])).toEqual(['0 3'])
  expect(await copies(['1 2', '0 3'])).toEqual(['0 3', '1 2'])
})

it('says that pixels were not compared where there are more than 2,000 images', async () => {
  const samples = Array.from({ length: 2001 }, (_, index) => drawn(index))
  const different = { last: () => 0, middle: () => 0 }
  expect(await copiesAmong(samples, different, new AbortController().signal)).toMatchObject({
    pairs: [],
    byPixels: false,
  })
})
