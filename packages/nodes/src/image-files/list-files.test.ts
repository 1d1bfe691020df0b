import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFiles, listPath } from './list-files.js'

describe.skipIf(process.platform === 'win32')('a path that is a device (fault 25)', () => {
  it('is refused, because reading it may never end', async () => {
    const rules = { followLinks: false, resolvePath: (path: string) => path }
    await expect(listPath('/dev/zero', rules)).rejects.toThrow('neither a file nor a folder')
  })
})

describe.skipIf(process.platform === 'win32')('links that are followed (fault 19)', () => {
  let home: string
  let root: string
  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'graft-links-')))
    root = join(home, 'data')
    for (const folder of ['data/a', 'data/b', 'secret/deep']) await mkdir(join(home, folder), { recursive: true })
    for (const file of ['data/a/1.jpg', 'secret/2.jpg', 'secret/deep/3.jpg']) await writeFile(join(home, file), file)
    await symlink(join(home, 'secret/2.jpg'), join(root, 'a/file-outside.jpg'))
    await symlink('../../secret/2.jpg', join(root, 'a/relative-outside.jpg'))
    await symlink(join(home, 'secret'), join(root, 'folder-outside'))
    await symlink(join(root, 'a/file-outside.jpg'), join(root, 'b/chain-outside.jpg'))
    await symlink(join(root, 'a/1.jpg'), join(root, 'b/inside.jpg'))
    await symlink(join(home, 'nothing.jpg'), join(root, 'b/nowhere.jpg'))
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  /** As under a server: what lies outside of the root is refused. */
  const confined = (path: string): string => {
    if (path === root || path.startsWith(root + sep)) return path
    throw new Error('outside')
  }

  it('leave no folder that may be read, whichever way they lead out', async () => {
    const { files, folders, unread } = await listFiles(root, { followLinks: true, resolvePath: confined })
    expect(files.map(({ id }) => id)).toEqual(['a/1.jpg', 'b/inside.jpg'])
    expect(folders).toEqual(['a', 'b'])
    expect(unread.filter(({ reason }) => /out of the folders/.test(reason)).map(({ file }) => file)).toEqual(
      expect.arrayContaining(['a/file-outside.jpg', 'a/relative-outside.jpg', 'folder-outside', 'b/chain-outside.jpg']),
    )
    expect(unread).toContainEqual({ file: 'b/nowhere.jpg', reason: "can't be opened (ENOENT)" })
  })

  it('lead anywhere where everything may be read', async () => {
    const { files } = await listFiles(root, { followLinks: true, resolvePath: (path) => path })
    expect(files.map(({ id }) => id)).toContain('folder-outside/deep/3.jpg')
  })
})
