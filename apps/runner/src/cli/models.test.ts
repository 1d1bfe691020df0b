import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalServer, serveBytes, startLocalServer } from '@graft/nodes/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cleanUp } from '../cache/clean-up.js'
import { findHome } from '../home.js'
import { usableNetworks } from '@graft/nodes'
import { catalogueLines } from './commands/models/describe-catalogue.js'
import { callStubGraft } from '../testing/call-graft.js'

const weights = readFileSync(
  new URL('../../../../packages/nodes/assets/backbones/graftnet-64/weights.safetensors', import.meta.url),
)
const sha256 = createHash('sha256').update(weights).digest('hex')
const sha = 'c'.repeat(40)
const home = mkdtempSync(join(tmpdir(), 'graft-models-'))
let hub: LocalServer

beforeAll(async () => {
  hub = await startLocalServer((path, request, response) => {
    if (path.startsWith('/api/models/me/net/'))
      return void response.end(
        JSON.stringify({
          sha,
          siblings: [{ rfilename: 'model.safetensors', size: weights.length, lfs: { sha256 } }],
          cardData: { license: 'mit' },
        }),
      )
    if (path === `/me/net/resolve/${sha}/model.safetensors`) return serveBytes(request, response, weights)
    response.writeHead(404).end()
  })
  vi.stubEnv('HF_ENDPOINT', hub.origin)
  vi.stubEnv('GRAFT_HOME', home)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await hub.close()
  rmSync(home, { recursive: true, force: true })
})

describe('graft models', () => {
  it('search lists what the catalogue has, with size, speed, accuracy and licence', async () => {
    const { code, stdout } = await callStubGraft(['models', 'search', 'mobilenet', 'v1'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^name +download +pixels +speed +ImageNet +licence +why\n/)
    expect(stdout).toMatch(/tfjs:mobilenet_v1_0\.75_224 +10\.5 MB +224 +fast +68\.4 +apache-2\.0 +Small, fast/)
    const all = await callStubGraft(['models', 'search', '--json'])
    expect((JSON.parse(all.stdout) as unknown[]).length).toBeGreaterThan(20)
  })

  it('search fits a narrow terminal: facts and reason on lines of their own', async () => {
    const listed = usableNetworks().map((network) => ({ network, here: network.name.startsWith('tfjs') }))
    const lines = catalogueLines(listed, 80)
    for (const { network } of listed) expect(lines.join('\n')).toContain(network.why)
    expect(lines.filter((line) => line.length > 110)).toEqual([])
    expect(lines).toContain('tfjs:mobilenet_v1_0.75_224  (here)')
    expect(lines).toContain('  10.5 MB, 224 pixels, fast, 68.4%, apache-2.0')
  })

  it('search and info say when there is nothing, and what comes near', async () => {
    expect(await callStubGraft(['models', 'search', 'nothing-like-it'])).toMatchObject({ code: 2 })
    expect((await callStubGraft(['models', 'search', 'mobilnet'])).stderr).toMatch(/Did you mean "mobilenet"\?/)
    const { code, stderr } = await callStubGraft(['models', 'info', 'torchvision:resnet5O'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/Did you mean/)
  })

  it('info says all that is known', async () => {
    const { stdout } = await callStubGraft(['models', 'info', 'torchvision:resnet50'])
    expect(stdout).toMatch(/weights +IMAGENET1K_V2\n/)
    expect(stdout).toMatch(/accuracy +80\.858% .*224 pixels/)
    expect(stdout).toMatch(/sha256 +begins with 11ad3fa6\n/)
    expect(stdout).toMatch(/--set backbone\.source=torchvision:resnet50/)
  })

  it('pull fetches, list shows it with the checksum to pin, rm removes it', async () => {
    const pulled = await callStubGraft(['models', 'pull', 'me/net'])
    expect(pulled.stderr).toMatch(/Downloading hf:me\/net@c+ /)
    expect(pulled.stdout).toMatch(new RegExp(`is here: 1 file, .*, mit\\.\n.*backbone\\.sha256=${sha256}`))
    const listed = (await callStubGraft(['models', 'list'])).stdout
    expect(listed).toMatch(new RegExp(`hf:me/net +[\\d.]+ [kM]B +kept +${sha256.slice(0, 12)}\\n`))
    expect(listed).toMatch(/1 network, [\d.]+ [kM]B\. kept: pulled or fetched in the editor, stays/)
    expect((await callStubGraft(['models', 'rm', 'hf:me/net'])).stdout).toMatch(/hf:me\/net is removed/)
    expect((await callStubGraft(['models', 'list'])).stdout).toMatch(/No network was fetched/)
    expect(await callStubGraft(['models', 'rm', 'hf:me/net'])).toMatchObject({ code: 2 })
  })

  it('a pulled network outlives a cache that is full, one that a run fetched does not; offline it is still found', async () => {
    await callStubGraft(['models', 'pull', 'me/net'])
    const later = Date.now() + 10 * 3_600_000
    const place = findHome()
    const networkFiles = (): string[] => readdirSync(join(place.derived, 'downloads'))
    const before = networkFiles()
    writeFileSync(join(place.derived, 'downloads', 'of-a-run'), 'x')
    await cleanUp(place, 0, later)
    expect(networkFiles()).toEqual(expect.arrayContaining(before.filter((name) => !name.includes('part'))))
    expect(networkFiles()).not.toContain('of-a-run')
    vi.stubEnv('GRAFT_OFFLINE', '1')
    expect((await callStubGraft(['models', 'pull', 'me/net'])).stderr).toBe('')
    vi.stubEnv('GRAFT_OFFLINE', '0')
    await callStubGraft(['models', 'rm', 'hf:me/net'])
    await cleanUp(place, 0, later)
    expect(networkFiles()).toEqual([])
  })

  it('pull takes the address of a file, and that of a repository’s page on the hub', async () => {
    const address = `${hub.origin}/me/net/resolve/${sha}/model.safetensors`
    const pulled = await callStubGraft(['models', 'pull', address])
    expect(pulled.stdout).toMatch(/model\.safetensors is here: 1 file/)
    expect((await callStubGraft(['models', 'list'])).stdout).toMatch(/model\.safetensors +[\d.]+ kB +kept/)
    await callStubGraft(['models', 'rm', address])
    expect((await callStubGraft(['models', 'pull', 'https://huggingface.co/me/net/tree/main'])).stdout).toMatch(
      /hf:me\/net@c+ is here/,
    )
    await callStubGraft(['models', 'rm', 'hf:me/net'])
  })

  it('pull refuses what is no name, with examples', async () => {
    const { code, stderr } = await callStubGraft(['models', 'pull', 'mobilenet.onnx'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/not the name of a network/)
  })

  it('import keeps a copy of a model that can be read, and nothing else', async () => {
    const file = join(home, 'mine.safetensors')
    writeFileSync(file, weights)
    const { code, stdout } = await callStubGraft(['models', 'import', file, '--name', 'my net'])
    expect(code).toBe(0)
    const kept = join(home, 'data', 'models', 'my-net', 'mine.safetensors')
    expect(readFileSync(kept).equals(weights)).toBe(true)
    expect(stdout).toContain(`--set backbone.source=${join(home, 'data', 'models', 'my-net')}`)
    expect(await callStubGraft(['models', 'import', file, '--name', 'my net'])).toMatchObject({ code: 2 })
    expect(await callStubGraft(['models', 'import', file, '--name', 'my net', '--replace'])).toMatchObject({ code: 0 })
    writeFileSync(join(home, 'broken.safetensors'), 'no model')
    expect((await callStubGraft(['models', 'import', join(home, 'broken.safetensors')])).code).not.toBe(0)
    expect(existsSync(join(home, 'data', 'models', 'broken'))).toBe(false)
  })
})
