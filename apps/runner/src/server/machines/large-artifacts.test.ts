import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sendBlobs } from '../../remote/remote-store.js'
import { ServerClient, ServerRefusal } from '../../remote/server-client.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import { startTestServer } from '../../testing/in-process-server.js'
import type { TestServer } from '../../testing/in-process-server.js'
import { graphOf } from '../../testing/run-stub-graph.js'
import { version } from '../../version.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ runsOn: 'workers', leaseSeconds: 600, limits: { artifactBytes: 2000 } })
})
afterAll(() => server.close())

type Answer = { readonly run: { readonly lease: string; readonly mostBytes: number } }

const post = async (path: string, body: unknown): Promise<Answer> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await server.send('POST', `/api/v1${path}`, { headers, body: JSON.stringify(body) })
  return JSON.parse(answer.body.toString()) as Answer
}

it('an artifact above the limit is refused, and not sent again and again', async () => {
  await post('/runs', { document: graphOf({ one: { type: 'constant' } }) })
  const { run } = await post('/workers/take', {
    ...{ id: 'w1', name: 'one', version, platform: 'p', processor: 'p', cores: 1, memoryTotal: 1 },
    ...{ engines: [{ id: 'tfjs', device: 'cpu' }], plugins: [] },
  })
  const store = openBlobStore(mkdtempSync(join(tmpdir(), 'graft-large-')))
  const { sha256 } = await store.put(new Uint8Array(5_000_000), 'text/plain')
  const client = new ServerClient({ address: server.address }, new AbortController().signal, Number.POSITIVE_INFINITY)
  await expect(sendBlobs(store, client, run.lease, [sha256])).rejects.toBeInstanceOf(ServerRefusal)
  // A worker knows the limit, and says it.
  const address = { address: server.address, mostBytes: run.mostBytes }
  const told = new ServerClient(address, new AbortController().signal, Number.POSITIVE_INFINITY)
  await expect(sendBlobs(store, told, run.lease, [sha256])).rejects.toMatchObject({
    status: 413,
    message: expect.stringMatching(
      /The artifact .* has 5\.?0? MB.*the server takes 2\.?0? kB at most.*--transfer-limit/i,
    ) as string,
  })
})
