import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { neededFilesSchema } from '@graft/graph-schema'
import type { NeededFile } from '@graft/graph-schema'
import { readSamples } from '@graft/nodes'
import { beforeEach, describe, expect, it } from 'vitest'
import { openBlobStore } from '../store/file-blob-store.js'
import { RemoteFiles } from './remote-files.js'
import { ServerClient } from './server-client.js'

let machine: string
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'graft-machine-'))
  mkdirSync(join(machine, 'Pictures'))
  writeFileSync(join(machine, 'Pictures', 'own.jpg'), 'own')
})

/** A server that answers what it likes, unchecked. */
class Answering extends ServerClient {
  constructor(private readonly answer: unknown) {
    super({ address: 'http://127.0.0.1:1' }, new AbortController().signal)
  }
  override call(): Promise<never> {
    return Promise.resolve(this.answer as never)
  }
}

async function filesOf(paths: Readonly<Record<string, string>>, base: string): Promise<RemoteFiles> {
  const store = openBlobStore(join(machine, 'store'))
  const entries: readonly NeededFile[] = [{ folder: '/srv/photos' }]
  const text = entries.map((entry) => JSON.stringify(entry)).join('\n')
  const { sha256: list } = await store.put(new TextEncoder().encode(text), 'application/x-ndjson')
  const client = new Answering({ files: { fingerprint: 'f', paths, list, count: 0, bytes: 0 } })
  const mirror = join(machine, 'home', 'mirror')
  const files = new RemoteFiles({ client, store, mirror, base, lease: 'l', mounted: [], limitBytes: 1000 })
  await files.fingerprint({ type: 'folder', title: 'Folder' }, {}, () => undefined)
  return files
}

/** From a tree (home/mirror/trees/LIST) up to the folders beside the worker's home. */
const up = '../../../..'

describe('a server that names files of the worker', () => {
  it('gets none by a path that climbs out of what it sent', async () => {
    const files = await filesOf({ photos: `/${up}/Pictures`, sent: '/srv/photos' }, '/srv')
    expect(files.resolvePath('sent')).toContain('/srv/photos')
    expect(() => files.resolvePath('photos')).toThrow('lies with the server')
    const found = { root: `/${up}/Pictures` }
    expect(files.translation.toLocal(found)).toEqual(found)
  })

  it('gets none by a folder for relative paths that climbs', async () => {
    const files = await filesOf({}, up)
    expect(() => files.resolvePath('Pictures/own.jpg')).toThrow('lies with the server')
  })

  it.each([
    ['that is absolute', (own: string) => own, undefined],
    ['below a root of the worker', () => 'own.jpg', (pictures: string) => pictures],
    ['that climbs out of what was sent', () => `${up}/../../Pictures/own.jpg`, (_: string, sent: string) => sent],
    [
      'in what came for other runs',
      (_: string, sent: string) => sent.replace(/[0-9a-f]{64}/, 'b'.repeat(64)),
      undefined,
    ],
  ])('gets none by a list of images with a path %s', async (_, pathIn, rootIn) => {
    const files = await filesOf({ sent: '/srv/photos' }, '/srv')
    const [pictures, sent] = [join(machine, 'Pictures'), files.resolvePath('sent')]
    const root = rootIn?.(pictures, sent)
    const list = async (path: string): Promise<unknown> => {
      const store = openBlobStore(join(machine, 'store'))
      const samples = await store.put(lineOf(path), 'application/x-ndjson')
      return readSamples(
        { samples, ...(root !== undefined && { root }) },
        { get: (sha256) => store.get(sha256), checkPath: files.checkPath },
      )
    }
    await expect(list(pathIn(join(pictures, 'own.jpg'), sent))).rejects.toThrow("which the server didn't send")
    if (root !== pictures) await expect(list(join(sent, 'a.jpg'))).resolves.toHaveLength(1)
  })

  it('gets what came for other runs by no path of a graph', async () => {
    const files = await filesOf({ sent: '/srv/photos' }, '/srv')
    const sent = files.resolvePath('sent')
    expect(files.resolvePath(sent)).toBe(sent)
    expect(() => files.resolvePath(sent.replace(/[0-9a-f]{64}/, 'b'.repeat(64)))).toThrow('lies with the server')
  })

  it('is refused such paths before anything is looked up', () => {
    const answer = (place: string): boolean =>
      neededFilesSchema.safeParse({
        files: { fingerprint: 'f', paths: { photos: place }, list: 'a'.repeat(64), count: 0, bytes: 0 },
      }).success
    expect(['/srv/photos', '/srv/..photos/.a', '/'].map(answer)).toEqual([true, true, true])
    expect(['/../home', '/srv/../..', '/srv/./a', '//srv', 'srv', '../..', '/a\0b', ''].map(answer)).not.toContain(true)
  })
})

const lineOf = (path: string): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ id: 'a', label: 0, fingerprint: 'f', path }))
