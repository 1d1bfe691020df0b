import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NearCopies } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GraftServe } from '../../testing/graft-serve.js'

const home = mkdtempSync(join(tmpdir(), 'graft-summary-'))
let graft: GraftServe
beforeAll(async () => {
  for (const name of ['ants', 'bees', 'none']) mkdirSync(join(home, 'photos', name), { recursive: true })
  for (const [name, red] of [
    ['ants/1.png', 10],
    ['ants/2.png', 60],
    ['bees/1.png', 120],
    ['bees/2.png', 180],
  ] as const)
    await sharp({ create: { width: 32, height: 32, channels: 3, background: { r: red, g: 90, b: 40 } } }).toFile(
      join(home, 'photos', name),
    )
  cpSync(join(home, 'photos/ants/1.png'), join(home, 'photos/ants/copy.png'))
  cpSync(join(home, 'photos/ants/2.png'), join(home, 'photos/bees/wrong.png'))
  // Spots, so that there is something to see.
  const spots = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, at) => (at * at * 7 + at * 31) % 256))
  const leaf = sharp(spots, { raw: { width: 8, height: 8, channels: 3 } }).resize(128, 128)
  await leaf.clone().png().toFile(join(home, 'photos/ants/leaf.png'))
  await leaf.clone().rotate(90).jpeg({ quality: 60 }).toFile(join(home, 'photos/bees/leaf turned.jpg'))
  graft = await GraftServe.start(home, ['--data-root', home])
})
afterAll(async () => {
  await graft.stop()
  rmSync(home, { recursive: true, force: true })
})

it('tells of an empty class, of exact copies, and of copies with two labels, before anything is run', async () => {
  const { json } = await graft.call('GET', `/data/summary?path=${encodeURIComponent(join(home, 'photos'))}`)
  const { warnings, copies } = json as { readonly warnings: readonly string[]; readonly copies: number }
  expect(copies).toBe(2)
  expect(warnings.find((text) => text.includes('none'))).toContain('No usable image in 1 class folder')
  expect(warnings.find((text) => text.includes('with different labels'))).toContain('ants/2.png = bees/wrong.png')
})

it('finds images that look the same in two classes, when asked', async () => {
  const { json } = await graft.call('GET', `/data/near-copies?path=${encodeURIComponent(join(home, 'photos'))}`)
  const { pairs, count, compared } = json as NearCopies
  expect(pairs.map((pair) => pair.map(({ file }) => file).toSorted())).toEqual([
    ['ants/leaf.png', 'bees/leaf turned.jpg'],
  ])
  expect([count, compared]).toEqual([1, 8])
})
