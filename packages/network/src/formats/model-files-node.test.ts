import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FormatError } from '../weight-format.js'
import { openModelFiles } from './model-files-node.js'

let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'graft-model-files-'))
  await mkdir(join(directory, 'model', 'shards'), { recursive: true })
  await writeFile(join(directory, 'secret'), 'secret')
  await writeFile(join(directory, 'model', 'model.json'), '{}')
  await writeFile(join(directory, 'model', '.hidden'), '')
  await writeFile(join(directory, 'model', 'shards', 'a.bin'), 'abc')
  await symlink(join(directory, 'secret'), join(directory, 'model', 'link'))
})

afterAll(() => rm(directory, { recursive: true }))

describe('openModelFiles', () => {
  it('lists a directory without hidden files and links, and reads by name', async () => {
    const files = await openModelFiles(join(directory, 'model'))
    expect(files.names).toEqual(['model.json', 'shards/a.bin'])
    expect(new TextDecoder().decode(await files.read('shards/a.bin'))).toBe('abc')
  })

  it('opens a single file', async () => {
    const files = await openModelFiles(join(directory, 'model', 'model.json'))
    expect(files.names).toEqual(['model.json'])
    expect((await files.read('model.json')).length).toBe(2)
  })

  it.each(['../secret', 'link', '/etc/passwd', 'shards/../../secret', 'missing.bin'])(
    'does not read %s',
    async (name) => {
      const files = await openModelFiles(join(directory, 'model'))
      await expect(files.read(name)).rejects.toThrow(FormatError)
    },
  )

  it('says that a path does not exist', async () => {
    await expect(openModelFiles(join(directory, 'nowhere'))).rejects.toThrow(/There is no file or directory .*nowhere/)
  })

  it('refuses a file larger than allowed', async () => {
    const files = await openModelFiles(join(directory, 'model'), { maximumBytes: 2 })
    await expect(files.read('shards/a.bin')).rejects.toThrow(/has 3 bytes; at most 2/)
  })
})
