import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LocalServer, startLocalServer } from '../testing/local-server.js'
import { huggingFaceHub } from './hugging-face.js'

const sha = 'd'.repeat(40)
const repositories: Readonly<Record<string, readonly string[]>> = {
  'me/both': ['README.md', 'onnx/model.onnx', 'onnx/model_fp16.onnx', 'model.safetensors'],
  'me/exported': ['README.md', 'config.json', 'onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx'],
  'me/shards': ['model-00002-of-00002.safetensors', 'model.safetensors.index.json', 'model-00001-of-00002.safetensors'],
  'me/several': ['small.onnx', 'large.onnx'],
  'me/single': ['weights/net.onnx', 'README.md'],
  'me/text': ['README.md'],
}
const directory = mkdtempSync(join(tmpdir(), 'graft-hf-'))
let server: LocalServer

beforeAll(async () => {
  server = await startLocalServer((path, _, response) => {
    const [, name = ''] = /^\/api\/models\/([^/]+\/[^/]+)\/revision\//.exec(path) ?? []
    const files = repositories[name]
    if (files === undefined) return void response.writeHead(404).end()
    response.end(JSON.stringify({ sha, siblings: files.map((rfilename) => ({ rfilename, size: 10 })) }))
  })
})
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

async function resolved(name: string): Promise<{ file: string; label: string; others: readonly string[] }> {
  vi.stubEnv('HF_ENDPOINT', server.origin)
  const options = { cacheDirectory: directory, signal: new AbortController().signal }
  const { address, label, others = [] } = await huggingFaceHub.resolve(name, options)
  return { file: address.split(`/${sha}/`)[1] ?? '', label, others }
}
const problem = (name: string): Promise<string> => resolved(name).then(() => 'was found', textOf)

describe('which file of a repository is its network', () => {
  it.each([
    ['me/both', 'model.safetensors'],
    ['me/exported', 'onnx/model.onnx'],
    ['me/shards', 'model-00001-of-00002.safetensors'],
    ['me/single', 'weights/net.onnx'],
    ['me/exported/onnx/model_fp16.onnx', 'onnx/model_fp16.onnx'],
    ['me/several@main/large.onnx', 'large.onnx'],
  ])('of %s it is %s', async (name, file) => expect((await resolved(name)).file).toBe(file))

  it('is told by the label too, where it was chosen', async () => {
    expect((await resolved('me/several/small.onnx')).label).toBe(`hf:me/several/small.onnx@${sha.slice(0, 12)}`)
  })

  it('others are offered by name, in case that one can’t be read', async () => {
    expect((await resolved('me/both')).others).toEqual([
      'hf:me/both/onnx/model.onnx',
      'hf:me/both/onnx/model_fp16.onnx',
    ])
  })

  it('has to be said where there are several, none of them the usual one', async () => {
    expect(await problem('me/several')).toMatch(/holds several networks: .*small\.onnx.*such as hf:me\/several\//)
  })

  it('that is not there, or no network, is answered with what is', async () => {
    expect(await problem('me/exported/onnx/modle.onnx')).toMatch(/has no file "onnx\/modle\.onnx".*Did you mean/)
    expect(await problem('me/text')).toMatch(/holds no file of a network.*README\.md/)
    expect(await problem('me/both/../../secret')).toMatch(/has no file/)
  })
})
