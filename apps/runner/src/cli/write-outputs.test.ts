import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBlobStore } from '../store/file-blob-store.js'
import { safeName, writeOutputs } from './write-outputs.js'

describe('output files', () => {
  it('keep their names, are told apart when two nodes use one, and are the only things written', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'graft-out-'))
    const store = openBlobStore(join(directory, 'store'))
    const put = async (text: string, name: string): Promise<unknown> => ({
      kind: 'file',
      blob: await store.put(new TextEncoder().encode(text), 'text/plain', name),
    })
    const outputs = {
      a: { file: await put('1', 'model.onnx'), more: await put('2', 'Model.onnx') },
      b: { file: await put('3', 'model.onnx'), metrics: { kind: 'metrics', accuracy: 1 }, number: 3 },
    }
    const written = await writeOutputs(outputs, store, join(directory, 'out'))
    expect(readdirSync(join(directory, 'out')).sort()).toEqual(['Model-a.onnx', 'model-b.onnx', 'model.onnx'])
    expect(written.every((file) => file.path.startsWith(directory) && existsSync(file.path))).toBe(true)
  })

  it.each([
    ['emptied', (file: string) => writeFileSync(file, '')],
    ['changed in one bit', (file: string) => writeFileSync(file, 'c')],
    ['removed', (file: string) => rmSync(file)],
  ])('are refused by name when what is stored was %s, and nothing of them is written', async (_how, damage) => {
    const directory = mkdtempSync(join(tmpdir(), 'graft-out-'))
    const store = openBlobStore(join(directory, 'store'))
    const blob = await store.put(new TextEncoder().encode('b'), 'application/octet-stream', 'model.onnx')
    damage(store.path(blob.sha256))
    await expect(writeOutputs({ a: { file: { kind: 'file', blob } } }, store, join(directory, 'out'))).rejects.toThrow(
      /"model\.onnx" of node "a" was damaged/,
    )
    expect(readdirSync(join(directory, 'out'))).toEqual([])
    expect(await store.has(blob.sha256)).toBe(false)
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['.bashrc', 'bashrc'],
    ['a\u0000b\nc.txt', 'abc.txt'],
    ['..', 'node-file.html'],
    ['', 'node-file.html'],
  ])('never leave the folder or hide: %j', (name, expected) => {
    expect(safeName({ name, mediaType: 'text/html' }, 'node-file')).toBe(expected)
  })
})
