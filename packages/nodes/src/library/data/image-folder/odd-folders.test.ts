import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeFolders, failure, folderOf, jpeg, openFolders, scan } from '../../../testing/folder-fixture.js'

let directory: string
beforeAll(async () => {
  directory = await openFolders()
})
afterAll(closeFolders)

describe('folders that mean something else than they seem to', () => {
  it('names class folders that are links, with the setting that follows them (fault 10)', async () => {
    const real = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    const path = await folderOf({})
    for (const name of ['ants', 'bees']) await symlink(join(directory, real, name), join(directory, path, name))
    expect(await failure(path)).toMatchObject({
      field: 'followLinks',
      message: expect.stringMatching(/symbolic links.*ants, bees/) as unknown,
      fix: expect.stringContaining('followLinks=true') as unknown,
    })
    expect((await scan(path, { followLinks: true })).images.classNames).toEqual(['ants', 'bees'])
  })

  it('says so when links were copied as text', async () => {
    const path = await folderOf({ ants: '../real/ants', bees: '../real/bees' })
    expect((await failure(path)).fix).toMatch(/ants, bees may be links .* copied as text/)
  })

  it('refuses a class folder whose name is not UTF-8, which would be missing (fault 13)', async () => {
    const path = await folderOf({ 'ants/1.jpg': await jpeg(), 'bees/2.jpg': await jpeg() })
    const name = Buffer.concat([Buffer.from(`${join(directory, path)}/caf`), Buffer.of(0xe9)])
    await mkdir(name)
    expect((await failure(path)).message).toMatch(/not valid UTF-8.*caf/)
    await rm(name, { recursive: true })
    await writeFile(Buffer.concat([Buffer.from(`${join(directory, path)}/ants/caf`), Buffer.of(0xe9)]), '')
    expect((await scan(path)).images.skipped).toMatchObject([
      { reason: expect.stringContaining('not valid UTF-8') as unknown },
    ])
  })

  it('says which split it took for unlabelled, in the log and in the dataset', async () => {
    const { images, context } = await scan(
      await folderOf({ 'train/a/1.jpg': await jpeg(), 'train/b/2.jpg': await jpeg(), 'test/3.jpg': await jpeg() }),
    )
    expect(images.classNames).toEqual(['a', 'b'])
    expect(context.messages('warning')[0]).toMatch(/"test" has no class folders/)
    expect(images.provenance.join(' ')).toMatch(/"test" has no class folders/)
  })

  it.each([
    [
      'a CSV export of Roboflow',
      ['train/1.jpg', 'train/_classes.csv', 'valid/2.jpg'],
      /Roboflow.*_classes/,
      /Folder Structure/,
    ],
    ['YOLO, images first', ['images/train/1.jpg', 'labels/train/1.txt', 'data.yaml'], /YOLO/, /whole images/],
    ['YOLO, splits first', ['train/images/1.jpg', 'train/labels/1.txt', 'val/images/2.jpg'], /YOLO/, /whole images/],
    ['COCO', ['train/1.jpg', 'valid/2.jpg', 'train/_annotations.coco.json'], /COCO/, /whole images/],
    ['a table', ['images/1.jpg', 'labels.csv'], /a table beside/, /Image Table/],
  ])('names %s', async (_, files, message, fix) => {
    const bytes = await jpeg()
    const error = await failure(
      await folderOf(Object.fromEntries(files.map((name) => [name, name.endsWith('jpg') ? bytes : 'x']))),
    )
    expect(error.message).toMatch(message)
    expect(error.fix).toMatch(fix)
  })

  it('refuses a group pattern that matches nothing, and counts names that it misses (fault 14)', async () => {
    const path = await folderOf({ 'ants/p1_1.jpg': await jpeg(), 'bees/other.jpg': await jpeg() })
    expect(await failure(path, { groupBy: '^patient(.)' })).toMatchObject({
      field: 'groupBy',
      message: expect.stringMatching(/matches none of the 2 file names \(p1_1.jpg/) as unknown,
    })
    const { context } = await scan(path, { groupBy: '^([^_]+)_' })
    expect(context.messages('warning')).toContainEqual(expect.stringMatching(/matches 1 of 2 .*other\.jpg/))
  })
})
