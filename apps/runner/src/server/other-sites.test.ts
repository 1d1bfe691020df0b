import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const fromElsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }

describe('what a page of another site makes a browser do (fault 27)', () => {
  it('changes nothing, also as a form that shows no origin', async () => {
    const headers = { ...fromElsewhere, 'content-type': 'text/plain' }
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await server.send(method, '/api/v1/runs/cancel-all', { headers })).status, method).toBe(403)
  })

  it('may still be a link to what is only read', async () => {
    expect((await server.send('GET', '/healthz', { headers: fromElsewhere })).status).toBe(200)
  })
})

describe('a thumbnail of a path (fault 27)', () => {
  it('is asked for again, because another image may stand there tomorrow', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    writeFileSync(join(server.data, 'pixel.png'), png)
    const path = `/api/v1/data/thumbnail?path=${encodeURIComponent(join(server.data, 'pixel.png'))}`
    const { status, headers } = await server.send('GET', path)
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-cache'])
    const again = await server.send('GET', path, { headers: { 'if-none-match': String(headers['etag']) } })
    expect(again.status).toBe(304)
  })
})
