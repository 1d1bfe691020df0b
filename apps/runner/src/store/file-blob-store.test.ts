import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBlobStore, StoreError } from './file-blob-store.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const open = (): ReturnType<typeof openBlobStore> => openBlobStore(mkdtempSync(join(tmpdir(), 'graft-store-')))
const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)

describe('blob store', () => {
  it('gives back what was put, under the sha256 of its bytes', async () => {
    const store = open()
    const reference = await store.put(bytes('abc'), 'text/plain', 'abc.txt')
    expect(reference).toEqual({
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bytes: 3,
      mediaType: 'text/plain',
      name: 'abc.txt',
    })
    expect(new TextDecoder().decode(await store.get(reference.sha256))).toBe('abc')
    expect(store.path(reference.sha256)).toBe(join(store.directory, 'ba', '78', reference.sha256))
    expect(await store.describe(reference.sha256)).toEqual({ mediaType: 'text/plain', name: 'abc.txt' })
  })

  it('keeps equal bytes once, and leaves no temporary files even when many write at the same time', async () => {
    const store = open()
    const references = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes('same'), 'text/plain')))
    const { sha256 } = references[0] as { sha256: string }
    expect(filesIn(store.directory).sort()).toEqual([sha256, `${sha256}.json`])
  })

  it('refuses a blob damaged on disk, and removes it so that it is made again', async () => {
    const store = open()
    const { sha256 } = await store.put(bytes('weights'), 'application/octet-stream')
    writeFileSync(store.path(sha256), 'weighty')
    await expect(store.get(sha256)).rejects.toThrow(/damaged on disk/)
    expect(await store.has(sha256)).toBe(false)
  })

  it.each([
    ['emptied', ''],
    ['changed without changing its length', 'weighty'],
  ])('does not have, name or keep a blob that was %s', async (_how, content) => {
    const store = open()
    const { sha256 } = await store.put(bytes('weights'), 'application/octet-stream')
    expect(await store.pathOfWhole(sha256)).toBe(store.path(sha256))
    writeFileSync(store.path(sha256), content)
    await expect(store.pathOfWhole(sha256)).rejects.toMatchObject({ code: 'store-damaged' })
    await store.put(bytes('weights'), 'application/octet-stream')
    writeFileSync(store.path(sha256), content)
    expect(await store.has(sha256)).toBe(false)
    writeFileSync(store.path(sha256), content)
    await store.put(bytes('weights'), 'application/octet-stream')
    expect(new TextDecoder().decode(await store.get(sha256))).toBe('weights')
  })

  it('repairs a blob cut short by a crash when it is put again', async () => {
    const store = open()
    const { sha256 } = await store.put(bytes('weights'), 'application/octet-stream')
    writeFileSync(store.path(sha256), 'wei')
    await store.put(bytes('weights'), 'application/octet-stream')
    expect(new TextDecoder().decode(await store.get(sha256))).toBe('weights')
  })

  it('says what to do about a missing blob, and refuses names that are not a sha256', async () => {
    const store = open()
    await expect(store.get('0'.repeat(64))).rejects.toThrow('not in the store any more')
    expect(() => store.path('../../etc/passwd')).toThrow(StoreError)
  })
})
