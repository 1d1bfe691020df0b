import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { must } from '@graft/errors'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { NodeDefinition } from '../sdk/define-node.js'
import { createTestContext } from '../testing/test-context.js'
import { imageFolder } from './data/image-folder.js'
import { imageTable } from './data/image-table.js'
import { predict } from './evaluation/predict.js'

let here = ''
let elsewhere = ''
beforeAll(async () => {
  ;[here, elsewhere] = [await mkdtemp(join(tmpdir(), 'graft-here-')), await mkdtemp(join(tmpdir(), 'graft-there-'))]
  for (const [index, file] of ['cats/1.png', 'cats/deep/2.png', 'dogs/3.png', 'dogs/4.png'].entries()) {
    await mkdir(dirname(join(here, file)), { recursive: true })
    const background = { r: 60 * index, g: 90, b: 10 }
    await sharp({ create: { width: 24, height: 24, channels: 3, background } })
      .png()
      .toFile(join(here, file))
  }
  await mkdir(join(here, 'birds'))
  await writeFile(join(here, 'notes.txt'), 'not an image')
  await writeFile(join(here, 'labels.csv'), 'file,labels\ncats/1.png,cat\ndogs/3.png,dog\nmissing.png,dog\n')
})
afterAll(() => Promise.all([here, elsewhere].map((folder) => rm(folder, { recursive: true, force: true }))))

/** What a node says that it reads, taken to a machine that has nothing else. */
async function carried(node: NodeDefinition, params: Readonly<Record<string, unknown>>): Promise<string> {
  const target = await mkdtemp(join(elsewhere, 'machine-'))
  const paths = await must(node.reads, 'what it reads').call(
    node,
    node.params.parse(params),
    createTestContext({ directory: here }),
  )
  for (const path of paths) {
    const place = join(target, path.slice(here.length))
    if ((await stat(path)).isDirectory()) await mkdir(place, { recursive: true })
    else {
      await mkdir(dirname(place), { recursive: true })
      await copyFile(path, place)
    }
  }
  return target
}

it.each([
  ['a folder, empty classes included', imageFolder, { path: '.' }],
  ['a table, with the images that it names', imageTable, { path: 'labels.csv' }],
])('gives the same from what it says that it reads: %s', async (_, node, params) => {
  const run = async (directory: string): Promise<unknown> => {
    const context = createTestContext({ directory })
    const { images } = await node.run({ inputs: {}, params: node.params.parse(params) as never, context })
    const samples = await context.samplesOf(images)
    return {
      samples: samples.map(({ id, label, fingerprint }) => ({ id, label, fingerprint })),
      warnings: context.messages('warning'),
      skipped: images.skipped,
    }
  }
  const there = await carried(node as unknown as NodeDefinition, params)
  const expected = await run(here)
  expect(expected).toHaveProperty('samples.length', node === imageTable ? 2 : 4)
  expect(JSON.stringify(await run(there)).replaceAll(there, here)).toBe(JSON.stringify(expected))
})

it('names one image, or all that lies in a folder', async () => {
  const reads = must(predict.reads, 'what it reads')
  const context = createTestContext({ directory: here })
  expect(await reads(predict.params.parse({ path: 'cats/1.png' }), context)).toEqual([join(here, 'cats/1.png')])
  expect(await reads(predict.params.parse({ path: 'cats' }), context)).toEqual(
    ['cats', 'cats/deep', 'cats/1.png', 'cats/deep/2.png'].map((path) => join(here, path)),
  )
})
