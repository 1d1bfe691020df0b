import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventBody } from '@graft/graph-schema'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ServerClient } from '../remote/server-client.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { EventSender } from './event-sender.js'

interface Told {
  readonly from: number
  readonly events: readonly RunEventBody[]
}

let server: Server
let told: Told[] = []
let answer: (body: Told) => { readonly status: number; readonly code?: string } = () => ({ status: 200 })
/** Resolves once the server may answer. */
let ready: (body: Told) => Promise<void> = () => Promise.resolve()
let lost = 0
const mirror = join(tmpdir(), 'graft-mirror')

beforeEach(async () => {
  told = []
  ready = () => Promise.resolve()
  answer = () => ({ status: 200 })
  lost = 0
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Told
      told.push(body)
      const { status, code = 'none' } = answer(body)
      const problem = { type: 't', title: 't', status, detail: 'Too much.', code }
      response.writeHead(status, { 'content-type': 'application/json' })
      const text = JSON.stringify(status === 200 ? { cancel: false } : problem)
      void ready(body).then(() => response.end(text))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

function sender(): EventSender {
  const { port } = server.address() as AddressInfo
  return new EventSender({
    client: new ServerClient({ address: `http://127.0.0.1:${port}` }, new AbortController().signal),
    store: openBlobStore(mkdtempSync(join(tmpdir(), 'graft-sender-'))),
    ...{ mirror, worker: 'w', lease: '0'.repeat(32), beat: 20 },
    onCancel: () => undefined,
    onLost: () => {
      lost += 1
    },
  })
}
const log = (message: string): RunEventBody => ({ type: 'log', level: 'info', message })

it('tells every event again that a server did not take for a moment, under the same number', async () => {
  let refusals = 2
  answer = ({ events }) => ({ status: events.length > 0 && refusals-- > 0 ? 503 : 200 })
  const sending = sender()
  sending.push(log('one'))
  sending.push(log('two'))
  await sending.finish()
  const withEvents = told.filter(({ events }) => events.length > 0)
  expect(withEvents.slice(0, 3).map(({ from }) => from)).toEqual([0, 0, 0])
  expect(lost).toBe(0)
})

it('tells of life while nothing happens, and of files by the paths that they have on the server', async () => {
  answer = () => ({ status: 200 })
  const sending = sender()
  await expect.poll(() => told.length).toBeGreaterThan(2)
  sending.push(log(`nothing at ${join(mirror, 'trees', 'a'.repeat(64), 'srv/photos')}`))
  await sending.finish()
  expect(told.flatMap(({ events }) => events)).toEqual([log('nothing at /srv/photos')])
})

it('says nothing more once it has told the end, and has lost nothing then', async () => {
  let over = false
  answer = ({ events }) => {
    if (over) return { status: 409, code: 'lease-lost' }
    over = events.some(({ type }) => type === 'run-finished')
    return { status: 200 }
  }
  const sending = sender()
  sending.push({ type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 1 })
  await expect.poll(() => over).toBe(true)
  // The process of the run takes a moment to end.
  await new Promise((resolve) => setTimeout(resolve, 100))
  await sending.finish()
  expect([sending.hasLost, lost]).toEqual([false, 0])
})

it('stops when the lease is lost', async () => {
  answer = () => ({ status: 409, code: 'lease-lost' })
  const sending = sender()
  sending.push(log('late'))
  await sending.finish()
  expect([sending.hasLost, lost]).toEqual([true, 1])
})

it('ends the run, and not the worker, when the server will not take what it tells', async () => {
  answer = ({ events }) => ({ status: JSON.stringify(events).includes('large') ? 413 : 200 })
  const sending = sender()
  sending.push(log('large'))
  await sending.finish()
  expect(sending.hasLost).toBe(false)
  expect(told.at(-1)?.events).toMatchObject([
    { type: 'log', message: 'The run could not be executed: Too much.' },
    { type: 'run-finished', status: 'failed' },
  ])
})

it('tells of life beside events that take long to send', async () => {
  const signs = (): number => told.filter(({ events }) => events.length === 0).length
  ready = async ({ events }) => {
    const before = signs()
    while (events.length > 0 && signs() < before + 2) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const sending = sender()
  sending.push(log('x'.repeat(100_000)))
  await sending.finish()
  expect(told.filter(({ events }) => events.length > 0)).toHaveLength(1)
})
