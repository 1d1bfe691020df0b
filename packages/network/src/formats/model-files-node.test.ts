import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FormatError } from '../weight-format.js'
import { openModelFiles } from './model-files-node.js'

let directory = ''
let snapshot = ''

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'graft-model-files-')))
  await mkdir(join(directory, 'model', 'shards'), { recursive: true })
  await writeFile(join(directory, 'secret'), 'secret')
  await writeFile(join(directory, 'model', 'model.json'), '{}')
  await writeFile(join(directory, 'model', '.hidden'), 'hidden')
  await writeFile(join(directory, 'model', 'shards', 'a.bin'), 'abcdef')
  await symlink(join(directory, 'secret'), join(directory, 'model', 'link'))
  await symlink(join(directory, 'model', 'shards', 'a.bin'), join(directory, 'model', 'inside'))
  const repository = join(directory, 'hub', 'models--someone--resnet')
  snapshot = join(repository, 'snapshots', 'abc')
  await mkdir(join(repository, 'blobs'), { recursive: true })
  await mkdir(join(snapshot, 'onnx'), { recursive: true })
  await writeFile(join(repository, 'blobs', '111'), 'the model')
  await writeFile(join(repository, 'blobs', '222'), 'its data')
  await symlink('../../../blobs/111', join(snapshot, 'onnx', 'model.onnx'))
  await symlink('../../../blobs/222', join(snapshot, 'onnx', 'model.onnx_data'))
  await symlink(join(directory, 'secret'), join(snapshot, 'onnx', 'stolen'))
})

afterAll(() => rm(directory, { recursive: true }))

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('openModelFiles', () => {
  it('lists a folder without hidden files and links that lead out of it, and reads by name', async () => {
    const files = await openModelFiles(join(directory, 'model'))
    expect(files.main).toBeNull()
    expect(files.names).toEqual(['inside', 'model.json', 'shards/a.bin'])
    expect(files.leftOut?.join()).toMatch(/^link /)
    expect(text(await files.read('shards/a.bin'))).toBe('abcdef')
    expect(text(await files.read('inside'))).toBe('abcdef')
  })

  it('reads beginnings and ranges without the rest', async () => {
    const files = await openModelFiles(join(directory, 'model'))
    expect(await files.size('shards/a.bin')).toBe(6)
    expect(text(await files.head('shards/a.bin', 2))).toBe('ab')
    expect(text(await files.head('shards/a.bin', 100))).toBe('abcdef')
    const part = await files.range('shards/a.bin', 2, 5)
    expect(text(part)).toBe('cde')
    expect(part.buffer.byteLength, 'memory of its own').toBe(3)
    await expect(files.range('shards/a.bin', 2, 7)).rejects.toThrow(/has 6 bytes; bytes 2 to 7/)
  })

  it('opens a single file with those beside and below it, which are found but not listed', async () => {
    const files = await openModelFiles(join(directory, 'model', 'model.json'))
    expect([files.main, files.names]).toEqual(['model.json', ['model.json']])
    expect(await files.has('shards/a.bin')).toBe(true)
    expect(text(await files.read('shards/a.bin'))).toBe('abcdef')
    expect(await files.has('shards')).toBe(false)
    expect(await files.has('../secret')).toBe(false)
  })

  it('follows the links of a hub cache to its contents, for a snapshot and for a file of it', async () => {
    const asked: string[] = []
    const checkPath = (path: string): void => void asked.push(path)
    const whole = await openModelFiles(snapshot, { checkPath })
    expect(whole.names).toEqual(['onnx/model.onnx', 'onnx/model.onnx_data'])
    expect(text(await whole.read('onnx/model.onnx'))).toBe('the model')
    const file = await openModelFiles(join(snapshot, 'onnx', 'model.onnx'), { checkPath })
    expect(text(await file.read('model.onnx'))).toBe('the model')
    expect(text(await file.read('model.onnx_data'))).toBe('its data')
    expect(await file.has('stolen')).toBe(false)
    // The folder above `onnx` may hold settings, so it is asked for as well.
    const others = asked.filter((path) => !path.includes('/blobs/'))
    expect(others).toEqual([await realpath(snapshot)])
    expect(asked.length).toBeGreaterThan(0)
  })

  it('does not read what the hub cache holds where that may not be read', async () => {
    const checkPath = (): never => {
      throw new Error('outside the data roots')
    }
    await expect(openModelFiles(snapshot, { checkPath })).rejects.toThrow('outside the data roots')
  })

  it.each(['../secret', 'link', '/etc/passwd', 'shards/../../secret', 'missing.bin', '.hidden', 'shards', ''])(
    'does not read %s',
    async (name) => {
      for (const path of ['model', 'model/model.json']) {
        const files = await openModelFiles(join(directory, path))
        expect(await files.has(name)).toBe(false)
        await expect(files.read(name)).rejects.toThrow(FormatError)
        await expect(files.range(name, 0, 1)).rejects.toThrow(FormatError)
      }
    },
  )

  it('says that a path does not exist', async () => {
    await expect(openModelFiles(join(directory, 'nowhere'))).rejects.toThrow(/There is no file or folder .*nowhere/)
  })

  it('refuses to read more at once than allowed', async () => {
    const files = await openModelFiles(join(directory, 'model'), { maximumBytes: 2 })
    await expect(files.read('shards/a.bin')).rejects.toThrow(/has 6 bytes .*at most 2/)
    expect(text(await files.range('shards/a.bin', 4, 6))).toBe('ef')
  })
})
