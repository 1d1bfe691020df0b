import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'

let server: TestServer
const opened: Socket[] = []
beforeAll(async () => {
  server = await startTestServer({
    limits: { connections: 60, silentMilliseconds: 1500, stalledMilliseconds: 1500, sockets: 20 },
  })
})
afterAll(async () => {
  for (const socket of opened) socket.destroy()
  await server.close()
})

interface Client {
  /** What came back. */
  heard: string
  isClosed: boolean
}
/** Says `text`, and never closes its own half. */
function open(text = ''): Promise<Client> {
  const client: Client = { heard: '', isClosed: false }
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  opened.push(socket)
  socket.on('error', () => undefined)
  // Only a connection that is gone at both ends can't be written to.
  socket.on('close', () => (client.isClosed = true))
  socket.on('data', (data) => (client.heard += data.toString()))
  socket.on('end', () => setInterval(() => socket.write('x'), 100).unref())
  return new Promise((resolve) => {
    socket.on('close', () => resolve(client))
    socket.on('connect', () => {
      if (text !== '') socket.write(text)
      resolve(client)
    })
  })
}
const host = 'Host: 127.0.0.1\r\n'
const upgrade = (path: string): string =>
  `GET ${path} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

describe('silent connections (faults 14 and 17)', () => {
  it('never keep an honest client out, however many there are', async () => {
    await Promise.all(Array.from({ length: 200 }, () => open()))
    for (let request = 0; request < 5; request++) expect((await server.send('GET', '/healthz')).status).toBe(200)
  })

  // Side by side, since each waits as long as a connection may be silent.
  it.concurrent.each([
    ['says nothing', ''],
    ['stops in the middle of its headers', `GET /healthz HTTP/1.1\r\n${host}X-Slow: `],
    [
      'stops in the middle of its body',
      `POST /api/v1/graphs HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    ],
    ['is not HTTP', 'hello there\r\n\r\n'],
    ['asks for another protocol elsewhere', upgrade('/api/v1/nodes')],
    ['asks for another protocol under another name', upgrade('/api/v1/live').replace('127.0.0.1', 'evil.example')],
  ])('are closed at both ends when a client %s and leaves its end open', async (_, text) => {
    const client = await open(text)
    await vi.waitFor(() => expect(client.isClosed).toBe(true), { timeout: 60_000, interval: 50 })
  })

  it('still hear why they are refused', async () => {
    const client = await open('hello there\r\n\r\n')
    await vi.waitFor(() => expect(client.heard).toMatch(/^HTTP\/1.1 400 /), { timeout: 60_000 })
  })

  it('are not those that wait for an answer, or are kept for the next request', async () => {
    const client = await open(`GET /healthz HTTP/1.1\r\n${host}\r\n`)
    await vi.waitFor(() => expect(client.heard).toMatch(/^HTTP\/1.1 200 /), { timeout: 60_000 })
    expect(client.isClosed).toBe(false)
  })

  it('take no place from viewers by shaking hands and never saying hello', async () => {
    await Promise.all(Array.from({ length: 40 }, () => open(upgrade('/api/v1/live'))))
    const viewer = await open(upgrade('/api/v1/live'))
    await vi.waitFor(() => expect(viewer.heard).toMatch(/^HTTP\/1.1 101 /), { timeout: 60_000 })
  })
})
