import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checksumOfSource } from './checksum-of-source.js'
import { type LocalServer, serveBytes, startLocalServer } from '../../../testing/index.js'
import { keptPaths, listPulled, nameOfAddress, removePulled } from '../../../hubs/index.js'

const weights = readFileSync(new URL('../../../../assets/backbones/graftnet-64/weights.safetensors', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'graft-in-use-'))
let server: LocalServer

beforeAll(async () => {
  server = await startLocalServer((path, request, response) =>
    /\.safetensors(\?|$)/.test(path) ? serveBytes(request, response, weights) : void response.writeHead(404).end(),
  )
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const fetched = async (cacheDirectory: string, path: string, keep: boolean): Promise<string> => {
  const address = `${server.origin}${path}`
  await checksumOfSource(address, '', { cacheDirectory, resolvePath: (given) => given, keep })
  return address
}

/** As if the processes that needed networks had been killed. */
function endProcesses(cacheDirectory: string): void {
  const marks = join(cacheDirectory, 'models', 'in-use')
  for (const network of readdirSync(marks))
    for (const mark of readdirSync(join(marks, network))) {
      rmSync(join(marks, network, mark))
      writeFileSync(join(marks, network, mark.replace(/^lease-\d+-\d*/, 'lease-99999999-1')), '')
    }
}

describe('networks fetched from an address', () => {
  it('stay when a person fetched them, until a person removes them', async () => {
    const place = { cacheDirectory: join(folder, 'kept') }
    const address = await fetched(place.cacheDirectory, '/kept/model.safetensors', true)
    endProcesses(place.cacheDirectory)
    const [model] = await listPulled(place)
    expect(model).toMatchObject({ name: address, kept: true })
    expect([...(await keptPaths(place))]).toContain(model?.files[0]?.path)
    await removePulled(nameOfAddress(address), place)
    expect(await keptPaths(place)).toEqual(new Set())
  })

  it('stay while a process that needs them lives, and no longer', async () => {
    const place = { cacheDirectory: join(folder, 'needed') }
    await fetched(place.cacheDirectory, '/needed/model.safetensors', false)
    const [model] = await listPulled(place)
    expect(model?.kept).toBe(false)
    expect([...(await keptPaths(place))]).toContain(model?.files[0]?.path)
    endProcesses(place.cacheDirectory)
    expect(await keptPaths(place)).toEqual(new Set())
  })

  it('are told apart by their queries, which are written nowhere', async () => {
    const place = { cacheDirectory: join(folder, 'queries') }
    for (const secret of ['one', 'two'])
      await fetched(place.cacheDirectory, `/signed/model.safetensors?token=${secret}`, true)
    const models = await listPulled(place)
    expect(models).toHaveLength(2)
    expect(JSON.stringify(models)).not.toMatch(/token|one|two/)
  })
})
