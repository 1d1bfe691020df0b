import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { must, textOf } from '@graft/errors'
import { originOf } from '@graft/network'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LocalServer, serveBytes, startLocalServer } from '../../testing/local-server.js'
import { createTestContext } from '../../testing/index.js'
import { loadBackbone } from './load-backbone.js'
import type { NodeContext } from '../../sdk/node-context.js'
import type { ModelValue } from '../../sdk/values.js'
import { loadModelTensors } from '../support/model-weights.js'
import { parseName } from '../../hubs/index.js'

const weights = readFileSync(new URL('../../../assets/backbones/graftnet-64/weights.safetensors', import.meta.url))
const sha256 = createHash('sha256').update(weights).digest('hex')
const sha = 'a'.repeat(40)

const ended: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const end of ended.splice(0)) await end()
})

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-hubs-'))
  ended.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Hugging Face's hub with one repository, behind a token if there is one; and a store that it leads to. */
async function startHub(
  token?: string,
  bytes: Uint8Array = weights,
): Promise<{ hub: LocalServer; store: LocalServer }> {
  const store = await startLocalServer((_, request, response) => serveBytes(request, response, bytes, { etag: '"1"' }))
  const hub = await startLocalServer((path, request, response) => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(401).end()
    if (path.startsWith('/api/models/me/net/revision/main'))
      return void response.end(
        JSON.stringify({
          sha,
          siblings: [
            { rfilename: 'README.md' },
            { rfilename: 'model.safetensors', size: weights.length, lfs: { sha256, size: weights.length } },
          ],
          cardData: { license: 'mit' },
        }),
      )
    if (path === `/me/net/resolve/${sha}/model.safetensors`)
      return void response.writeHead(302, { location: `${store.origin}/blob?signature=x` }).end()
    response.writeHead(404).end()
  })
  ended.push(
    () => hub.close(),
    () => store.close(),
  )
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  return { hub, store }
}

interface Loaded {
  readonly network: ModelValue['network']
  readonly said: string[]
}

async function load(params: Record<string, string>, cacheDirectory = temporary()): Promise<Loaded> {
  const context = createTestContext({ directory: temporary(), cacheDirectory })
  const settings = loadBackbone.params.parse(params)
  await must(loadBackbone.fingerprint, 'the fingerprint')(settings, {
    resolvePath: (path) => context.resolvePath(path),
    cacheDirectory,
    emit: (event) => context.emit(event),
  })
  const { model } = await loadBackbone.run({ params: settings, inputs: {}, context })
  return { network: (model as ModelValue).network, said: context.messages() }
}

const problem = (params: Record<string, string>): Promise<string> =>
  load(params).then(
    () => 'was loaded',
    (error: unknown) => textOf(error),
  )

describe('a repository of the Hugging Face hub', () => {
  it.each(['hf:me/net', 'me/net'])(
    'is loaded as %s: checked, with licence and revision, said before it is fetched',
    async (source) => {
      const { hub, store } = await startHub()
      const cache = temporary()
      const { network, said } = await load({ source }, cache)
      expect(network.provenance).toMatchObject({ source: `hf:me/net@${sha.slice(0, 12)}`, licence: 'mit' })
      expect(said.join('\n')).toMatch(/Downloading hf:me\/net@a+ \([\d.]+ MB\) from 127\.0\.0\.1/)
      expect(store.asked.length).toBe(1)
      expect(hub.asked.map(({ path }) => path.split('?')[0])).toEqual([
        '/api/models/me/net/revision/main',
        `/me/net/resolve/${sha}/model.safetensors`,
      ])
      await load({ source }, cache)
      expect(store.asked.length, 'kept').toBe(1)
    },
  )

  it('behind a token is shown to its owner, and the store never sees the token', async () => {
    const { store } = await startHub('secret')
    expect(await problem({ source: 'hf:me/net' })).toMatch(/doesn't show it without a token.*HF_TOKEN/s)
    vi.stubEnv('HF_TOKEN', 'secret')
    const { said } = await load({ source: 'hf:me/net' })
    expect(said.join()).not.toContain('secret')
    expect(store.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it('whose store sends other bytes is refused', async () => {
    await startHub(undefined, weights.subarray(0, weights.length - 1))
    expect(await problem({ source: 'hf:me/net' })).toMatch(/has checksum .* not the expected/)
  })

  it('is read from the cache of its own programs where that holds the very file', async () => {
    const { store } = await startHub()
    const home = temporary()
    const file = join(home, 'hub', 'models--me--net', 'snapshots', sha, 'model.safetensors')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, weights)
    vi.stubEnv('HF_HOME', home)
    await load({ source: 'hf:me/net' })
    expect(store.asked).toEqual([])
  })

  it('that is not there is named, with what to do', async () => {
    await startHub()
    expect(await problem({ source: 'hf:me/nothing' })).toMatch(/has no model me\/nothing/)
  })
})

describe('while someone only looks', () => {
  const look = async (
    source: string,
    cacheDirectory = temporary(),
  ): Promise<{ key: string; model: ModelValue; context: NodeContext }> => {
    const context = createTestContext({ directory: temporary(), cacheDirectory, mayFetch: false })
    const settings = loadBackbone.params.parse({ source, fallback: 'embedded:graftnet-64' })
    const key = await must(loadBackbone.fingerprint, 'the fingerprint')(settings, context)
    const { model } = await loadBackbone.run({ params: settings, inputs: {}, context })
    return { key, model: model as ModelValue, context }
  }

  it('nothing is downloaded and nothing else is used instead: what is not known without its file is said to be missing', async () => {
    const { hub } = await startHub()
    vi.stubEnv('GRAFT_MIRROR', hub.origin)
    await expect(look('hf:me/net')).rejects.toMatchObject({ code: 'not-computed-yet' })
    await expect(look(`${hub.origin}/net.onnx`)).rejects.toMatchObject({ code: 'not-computed-yet' })
    expect(hub.asked).toEqual([])
  })

  it.each(['tfjs:mobilenet_v1_0.75_224', 'timm/resnet18.a1_in1k', 'torchvision:mobilenet_v3_small'])(
    '%s is shown as an outline, which nothing can be computed with',
    async (source) => {
      const { hub } = await startHub()
      vi.stubEnv('GRAFT_MIRROR', hub.origin)
      const { key, model, context } = await look(source)
      expect(key).toContain('outline of')
      await expect(loadModelTensors(model, context.store)).rejects.toMatchObject({ code: 'not-computed-yet' })
      const { network } = model
      expect(network.isOutline).toBe(true)
      expect(network.stages.length).toBeGreaterThan(4)
      expect(network.head?.names.length).toBe(1000)
      expect(originOf(network).certain).toBe(true)
      expect(hub.asked).toEqual([])
    },
  )
})

describe('without a connection', () => {
  it('the fallback is used, with a warning; without one the run fails', async () => {
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9')
    const { network, said } = await load({ source: 'hf:me/net', fallback: 'embedded:graftnet-64' })
    expect(network.provenance.source).toBe('embedded:graftnet-64')
    expect(said.join('\n')).toMatch(/NO CONNECTION: embedded:graftnet-64 is used instead of hf:me\/net/)
    expect(await problem({ source: 'hf:me/net' })).toMatch(/Could not reach/)
  })

  it('a name that is wrong is not replaced', async () => {
    await startHub()
    expect(await problem({ source: 'hf:me/nothing', fallback: 'embedded:graftnet-64' })).toMatch(/has no model/)
  })
})

describe('names', () => {
  it.each([
    ['torchvision:resnet50', 'torchvision', 'resnet50'],
    ['timm/convnext_tiny.fb_in1k', 'timm', 'convnext_tiny.fb_in1k'],
    ['timm:resnet18.a1_in1k', 'timm', 'resnet18.a1_in1k'],
    ['tfjs:mobilenet_v1_0.25_224', 'tfjs', 'mobilenet_v1_0.25_224'],
    ['hf:google/vit-base-patch16-224@main', 'hf', 'google/vit-base-patch16-224@main'],
  ])('%s is one of %s', (source, prefix, name) => {
    expect(parseName(source)).toMatchObject({ hub: { prefix }, name })
  })

  it.each(['model.onnx', 'models/net.onnx', 'C:\\models\\net.onnx', 'https://example.org/x', 'embedded:graftnet-64'])(
    '%s is not one',
    (source) => expect(parseName(source)).toBe(null),
  )

  it('of torchvision lead to its file, with its checksum, from TORCH_HOME where it is there', async () => {
    const home = temporary()
    vi.stubEnv('TORCH_HOME', home)
    const resolved = await must(parseName('torchvision:resnet18'), 'the name').hub.resolve('resnet18', {
      cacheDirectory: home,
      signal: new AbortController().signal,
    })
    expect(resolved.address).toBe('https://download.pytorch.org/models/resnet18-f37072fd.pth')
    expect(resolved.wanted('resnet18-f37072fd.pth')).toEqual({
      sha256: 'f37072fd',
      copies: [join(home, 'hub/checkpoints/resnet18-f37072fd.pth')],
    })
    vi.stubEnv('GRAFT_MIRROR', 'http://mirror.intern/models/')
    const mirrored = await must(parseName('torchvision:resnet18'), 'the name').hub.resolve('resnet18', {
      cacheDirectory: home,
      signal: new AbortController().signal,
    })
    expect(mirrored.address).toBe('http://mirror.intern/models/download.pytorch.org/models/resnet18-f37072fd.pth')
  })

  it('that are misspelt are answered with the nearest', async () => {
    expect(await problem({ source: 'torchvision:resnet5O' })).toMatch(/no network "resnet5O" .*Did you mean/s)
  })
})
