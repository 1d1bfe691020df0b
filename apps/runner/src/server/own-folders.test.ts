import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPathResolver } from '../executor/resolve-path.js'
import { GraftServe } from '../testing/graft-serve.js'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'
import { findOwnFolders } from './options/own-folders.js'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'graft-own-')))
for (const folder of ['Documents/Field photos', 'Bilder', 'Library', '.ssh', '.graft', '.config', 'Downloads'])
  mkdirSync(join(home, folder), { recursive: true })
writeFileSync(join(home, '.ssh', 'id_rsa'), 'secret')
writeFileSync(join(home, '.config', 'user-dirs.dirs'), 'XDG_PICTURES_DIR="$HOME/Bilder"\nXDG_MUSIC_DIR="/music"\n')
symlinkSync(join(home, '.ssh'), join(home, 'Documents', 'link'))

describe('a person’s own folders', () => {
  let server: TestServer
  const homeBefore = process.env.HOME
  beforeAll(async () => {
    process.env.HOME = home
    server = await startTestServer({ ownFolders: findOwnFolders(home) })
  })
  afterAll(async () => {
    await server.close()
    process.env.HOME = homeBefore
  })
  const get = async (path: string): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> => {
    const { status, body } = await server.send('GET', path)
    return { status, json: JSON.parse(body.toString()) as Record<string, unknown> }
  }
  const browse = (path: string): ReturnType<typeof get> => get(`/api/v1/data/browse?path=${encodeURIComponent(path)}`)

  it('are documents, downloads, pictures as the desktop names them, and home, after the folders that were named', async () => {
    const { json } = await get('/api/v1/data/roots')
    expect((json.roots as { title: string }[]).map(({ title }) => title)).toEqual([
      'data',
      'Documents',
      'Downloads',
      'Bilder',
      'Home',
      'Uploads',
    ])
  })

  it('lead up to the home folder, and not above it', async () => {
    expect((await browse('~/Documents/Field photos')).json.parent).toBe(join(home, 'Documents'))
    expect((await browse(join(home, 'Documents'))).json.parent).toBe(home)
    expect((await browse('~')).json.parent).toBe(null)
  })

  it.each(['.ssh', '.graft', 'Library', 'Documents/link', '..', '../..'])(
    'keep back what programs keep there: %s',
    async (path) => {
      const { status, json } = await browse(`~/${path}`)
      expect([status, json.code]).toEqual([403, 'outside-data-roots'])
      expect(() => createPathResolver({ base: home, roots: [home] })(join(home, path))).toThrow('outside the folders')
    },
  )

  it('that are not enough: the message says which are read, and the exact command for another', async () => {
    const { json } = await browse('/mnt/my disk/photos')
    expect(json.detail).toContain(join(home, 'Documents'))
    expect(json.detail).toContain("npm start -- --data-root '/mnt/my disk/photos'")
    expect(() => createPathResolver({ base: home, roots: [home] })('/mnt/disk/net.onnx')).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('--data-root /mnt/disk (') as unknown }),
    )
  })
})

describe('graft serve', () => {
  const rootsWith = async (words: readonly string[]): Promise<string> => {
    const graft = await GraftServe.start(home, words, { HOME: home })
    try {
      const { json } = await graft.call('GET', '/data/roots')
      return JSON.stringify(json)
    } finally {
      await graft.stop()
    }
  }

  it('reads a person’s own folders where only this machine gets in, and no other than those that were named', async () => {
    expect(await rootsWith([])).toContain(join(home, 'Documents'))
    expect(await rootsWith(['--data-root', tmpdir()])).not.toContain(join(home, 'Documents'))
  })

  it('with a token reads the current folder only', async () => {
    writeFileSync(join(home, 'token'), 'x'.repeat(40))
    const graft = await GraftServe.start(home, ['--token-file', join(home, 'token')], { HOME: home })
    await graft.stop()
    expect(/"roots":(\[[^\]]*\])/.exec(graft.log)?.[1]).toBe(JSON.stringify([home, join(home, 'data')]))
  })
})
