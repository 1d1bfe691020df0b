import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { ServerClient } from './server-client.js'

let server: Server
afterEach(() => new Promise((resolve) => server.close(resolve)))

it('asks again when an answer breaks off in the middle', async () => {
  let asked = 0
  server = createServer((_, response) => {
    asked += 1
    response.writeHead(200, { 'content-length': '5' })
    response.write('fi')
    if (asked === 1) setTimeout(() => response.destroy(), 20)
    else response.end('rst')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new ServerClient({ address: `http://127.0.0.1:${port}` }, new AbortController().signal)
  const bytes = await client.bytes('getArtifact', { params: { sha256: 'a'.repeat(64) } })
  expect([Buffer.from(bytes).toString(), asked]).toEqual(['first', 2])
})
