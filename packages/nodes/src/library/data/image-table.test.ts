import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatasetValue, Sample } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSamples } from '../../sdk/samples.js'
import { imageTable } from './image-table.js'
import { createTestContext } from '../../testing/test-context.js'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-table-'))
  await mkdir(join(folder, 'photos'))
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    const background = { r: 40 * index, g: 90, b: 200 - 30 * index }
    await sharp({ create: { width: 24, height: 24, channels: 3, background } })
      .png()
      .toFile(join(folder, 'photos', `${name}.png`))
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function read(
  table: string,
  params: Readonly<Record<string, unknown>> = {},
  name = 'labels.csv',
): Promise<{ readonly images: DatasetValue; readonly samples: readonly Sample[] }> {
  await writeFile(join(folder, 'photos', name), table)
  const context = createTestContext()
  const { images } = await imageTable.run({
    inputs: {},
    params: imageTable.params.parse({ path: join(folder, 'photos', name), ...params }),
    context,
  })
  return { images, samples: await readSamples(images, context.store) }
}

const labelsOf = (samples: readonly Sample[]): Record<string, unknown> =>
  Object.fromEntries(samples.map(({ id, label }) => [id, label]))

describe('Image Table', () => {
  it('reads a column that lists classes, an image without any included', async () => {
    const { images, samples } = await read('file,labels\na.png,rose|ant\nb.png,ant\nc.png,\n')
    expect(images).toMatchObject({ task: 'multi-label', classNames: ['ant', 'rose'], countPerClass: [2, 1], count: 3 })
    expect(labelsOf(samples)).toEqual({ 'a.png': [0, 1], 'b.png': [0], 'c.png': [] })
  })

  it('reads a column per class, in the order of the table', async () => {
    const { images, samples } = await read('file;rose;ant\na.png;1;1\nb.png;0;yes\nc.png;0;0\n')
    expect(images.classNames).toEqual(['rose', 'ant'])
    expect(labelsOf(samples)).toEqual({ 'a.png': [0, 1], 'b.png': [1], 'c.png': [] })
  })

  it('reads JSON, with splits and groups', async () => {
    const rows = [
      { image: 'a.png', labels: ['ant', 'rose'], part: 'train', plant: 7 },
      { image: 'b.png', labels: ['rose'], part: 'test', plant: 7 },
    ]
    const columns = { fileColumn: 'image', splitColumn: 'part', groupColumn: 'plant' }
    const { samples } = await read(JSON.stringify(rows), columns, 'labels.json')
    expect(samples).toMatchObject([
      { id: 'a.png', label: [0, 1], split: 'train', group: '7' },
      { id: 'b.png', label: [1], split: 'test', group: '7' },
    ])
  })

  it('names every row that it leaves out, and why', async () => {
    await writeFile(join(folder, 'secret.png'), 'x')
    await symlink(join(folder, 'secret.png'), join(folder, 'photos', 'link.png'))
    const rows = [
      'gone.png,1',
      'a.png,1',
      'a.png,0',
      'b.png,maybe',
      '../secret.png,1',
      'link.png,1',
      'labels.csv,1',
      ',1',
    ]
    const { images } = await read(['file,ant', ...rows].join('\n'))
    expect(images.count).toBe(1)
    expect(Object.fromEntries(images.skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      'gone.png': 'there is no such file',
      'a.png': 'the table names it a second time',
      'b.png': '"maybe" in column "ant" is neither 0 nor 1',
      '../secret.png': 'the name leads out of the folder',
      'link.png': 'the name leads out of the folder',
      'labels.csv': 'not an image (.csv file)',
      'row 8': 'the row names no file',
    })
  })

  it.each([
    ['has no such column', 'name,ant\na.png,1\n', {}, /no column "file"/],
    ['has nothing but file names', 'file\na.png\n', {}, /nothing says which classes/],
    ['has no rows', 'file,ant\n', {}, /has no rows/],
    ['is not JSON', '[{"file":', {}, /neither CSV nor JSON/],
    ['lists nothing usable', 'file,ant\ngone.png,1\n', {}, /None of the 1 rows.*no such file/],
    ['has no label column that was asked for', 'file,ant\na.png,1\n', { labels: 'list' }, /no column "labels"/],
  ])('refuses a table that %s', async (_, table, params, message) => {
    await expect(read(table, params)).rejects.toThrow(message)
  })
})
