import { mkdtempSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeCheckpoints } from '@graft/nodes'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { seal } from '../checkpoints/sealed.js'
import { piecesOf } from './pieces.js'
import { remoteCheckpoints } from './remote-checkpoints.js'
import { ServerClient } from './server-client.js'

let server: Server
let answer: RequestListener
let temporary: string
let node: NodeCheckpoints
let warnings: string[]

const state = new Uint8Array(Buffer.alloc(3_000_000, 'state of a training '))
const sealed = Buffer.concat(seal(state))

beforeEach(async () => {
  warnings = []
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new ServerClient({ address: `http://127.0.0.1:${port}` }, new AbortController().signal)
  temporary = join(mkdtempSync(join(tmpdir(), 'graft-remote-checkpoints-')), 'tmp')
  const all = remoteCheckpoints(client, 'l', { temporary, limitBytes: 5_000_000 })
  node = all.ofNode('key', 'train', (message) => warnings.push(message))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const load = async (): Promise<Uint8Array | null> => {
  const bytes = await node.load((message) => warnings.push(message))
  expect(readdirSync(temporary)).toEqual([])
  return bytes
}

it('takes a checkpoint once it came whole: not one that broke off, nor one with another bit', async () => {
  const answers = ['torn', 'damaged', 'whole']
  const asked: (string | undefined)[] = []
  answer = ({ url }, response) => {
    asked.push(url)
    const how = answers.shift()
    response.writeHead(200, { 'content-length': String(sealed.byteLength) })
    if (how === 'torn')
      return void response.write(sealed.subarray(0, 2_000_000), () => setTimeout(() => response.destroy(), 20))
    const damaged = Buffer.from(sealed)
    damaged[2_500_000] = (damaged[2_500_000] ?? 0) ^ 1
    response.end(how === 'whole' ? sealed : damaged)
  }
  expect(Buffer.from((await load()) ?? []).equals(state)).toBe(true)
  expect([asked.length, warnings]).toEqual([3, []])
  expect(asked[0]).toMatch(/\/checkpoints\/key\?node=train$/)
})

it('starts from the beginning, and says so, where a checkpoint never comes as it was sealed', async () => {
  answer = (_, response) => response.end(sealed.subarray(0, -1))
  expect(await load()).toBeNull()
  expect(warnings.join()).toContain('starts from its beginning')
})

it('has none where the server has none', async () => {
  answer = (_, response) => {
    const problem = { type: 't', title: 't', status: 404, detail: 'There is none.', code: 'checkpoint-unknown' }
    response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
  }
  expect([await load(), warnings]).toEqual([null, []])
})

it('stops reading one that is larger than the worker takes, whatever the server says of its length', async () => {
  let stopped = false
  answer = (_, response) => {
    response.on('close', () => (stopped = true))
    const more = (): void => void (response.destroyed || response.write(sealed, () => setImmediate(more)))
    more()
  }
  await expect(load()).rejects.toMatchObject({ code: 'transfer-too-large' })
  await expect.poll(() => stopped).toBe(true)
})

it('sends what was sealed, in pieces that are no copies', async () => {
  const came: Buffer[] = []
  answer = (request, response) => {
    request.on('data', (part: Buffer) => came.push(part))
    request.on('end', () => response.writeHead(204).end())
  }
  await node.save(state)
  expect(Buffer.concat(came).equals(sealed)).toBe(true)
  const pieces = [...piecesOf(seal(state))]
  expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBe(2 ** 20)
  expect(pieces.filter(({ buffer }) => buffer === state.buffer)).toHaveLength(3)
})

it('goes on without a checkpoint that the server will not take, and says once why', async () => {
  answer = (request, response) => {
    request.resume()
    const problem = { type: 't', title: 't', status: 507, detail: 'The disk is full.', code: 'disk-full' }
    request.on('end', () =>
      response.writeHead(507, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem)),
    )
  }
  await node.save(state)
  await node.save(state)
  expect(warnings).toEqual([expect.stringMatching(/did not take a checkpoint.*The disk is full/)])
})

it('sends none that is larger than the server has said it takes, and says once how large it is and what to do', async () => {
  let asked = 0
  answer = (request, response) => {
    asked += 1
    request.resume().on('end', () => response.writeHead(204).end())
  }
  const { port } = server.address() as AddressInfo
  const at = (mostBytes: number): NodeCheckpoints => {
    const client = new ServerClient({ address: `http://127.0.0.1:${port}`, mostBytes }, new AbortController().signal)
    const all = remoteCheckpoints(client, 'l', { temporary, limitBytes: 5_000_000 })
    return all.ofNode('key', 'train', (message) => warnings.push(message))
  }
  const small = at(sealed.byteLength - 1)
  await small.save(state)
  await small.save(state)
  expect(asked).toBe(0)
  expect(warnings).toEqual([
    expect.stringMatching(
      /another machine could not go on from it: The checkpoint has 3\.?\d* MB.*--transfer-limit 1 \(gigabytes\)/,
    ),
  ])
  await at(sealed.byteLength).save(state)
  expect([asked, warnings.length]).toEqual([1, 1])
})
