import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { apiBase, problemDetailsSchema, runDetailSchema } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { callStubGraft } from '../testing/call-graft.js'
import { startTestServer } from '../testing/in-process-server.js'
import type { RawAnswer, TestServer } from '../testing/in-process-server.js'
import { LiveViewer } from '../testing/live-viewer.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { compiled, spawnStubGraft } from '../testing/spawn-graft.js'
import { openApiDocument } from './http/openapi.js'
import { contentDisposition } from './routes/artifacts.js'
import { isAllowedHost, isAllowedOrigin } from './security/check-host.js'
import { RateLimit } from './security/rate-limit.js'
import { parseRange } from './http/send-file.js'

let server: TestServer
const homeBefore = process.env.GRAFT_HOME

beforeAll(async () => {
  server = await startTestServer()
  process.env.GRAFT_HOME = server.home
})
afterAll(async () => {
  await server.close()
  if (homeBefore === undefined) delete process.env.GRAFT_HOME
  else process.env.GRAFT_HOME = homeBefore
})

const call = async (
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Record<string, unknown> }> => {
  const answer = await server.send(
    method,
    apiBase + path,
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  )
  return {
    status: answer.status,
    json: answer.body.length === 0 ? {} : (JSON.parse(answer.body.toString()) as Record<string, unknown>),
  }
}
const scripted = (steps: number, pause: number) => ({
  ...graphOf({ one: { type: 'constant' }, two: { type: 'sum' } }, ['one.value -> two.terms']),
  name: 'scripted',
  description: JSON.stringify({ steps, pause }),
})
const start = async (steps: number, pause: number, more: Record<string, unknown> = {}): Promise<string> =>
  ((await call('POST', '/runs', { document: scripted(steps, pause), ...more })).json['run'] as { id: string }).id
const until = async (run: string, ...statuses: readonly string[]): Promise<void> => {
  for (
    let status = '';
    !statuses.includes(status);
    status = ((await call('GET', `/runs/${run}`)).json['run'] as { status: string }).status
  )
    await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('runs', () => {
  it('are queued, executed, watched by several viewers, and add up to the same state for each', async () => {
    const run = await start(20, 2)
    const viewers = [new LiveViewer(run, 0), new LiveViewer(run, undefined), new LiveViewer(run, 1)]
    for (const viewer of viewers) viewer.connect(server.port)
    await until(run, 'succeeded')
    const detail = runDetailSchema.parse((await call('GET', `/runs/${run}`)).json)
    while (viewers.some((viewer) => viewer.position < detail.state.next))
      await new Promise((resolve) => setTimeout(resolve, 10))
    for (const viewer of viewers) {
      expect(viewer.faults).toEqual([])
      viewer.disconnect()
    }
    expect(viewers[0]?.state).toEqual(detail.state)
    expect(viewers[1]?.state).toEqual(detail.state)
    expect(detail.run).toMatchObject({ status: 'succeeded', attempts: 1, progress: { done: 2, total: 2 } })
    const page = (await call('GET', `/runs/${run}/events?from=2&limit=2`)).json as unknown as {
      events: { sequence: number }[]
      next: number
    }
    expect([page.events.map(({ sequence }) => sequence), page.next]).toEqual([[2, 3], 4])
  })

  it('wait for each other, go to the front, and are cancelled wherever they are', async () => {
    const first = await start(10_000, 5)
    const [second, third] = [await start(1, 1), await start(1, 1)]
    expect((await call('POST', `/runs/${third}/front`)).status).toBe(200)
    const queue = (await call('GET', '/queue')).json as unknown as {
      running: { id: string }[]
      queued: { id: string }[]
    }
    expect([queue.running.map(({ id }) => id), queue.queued.map(({ id }) => id)]).toEqual([[first], [third, second]])
    expect((await call('POST', `/runs/${second}/cancel`)).json['run']).toMatchObject({ status: 'cancelled' })
    expect((await call('POST', `/runs/${second}/cancel`)).status).toBe(409)
    expect((await call('DELETE', `/runs/${first}`)).status).toBe(409)
    await call('POST', `/runs/${first}/cancel`)
    await until(first, 'cancelled')
    await until(third, 'succeeded')
    expect((await call('POST', `/runs/${third}/resume`)).status).toBe(409)
    expect((await call('POST', `/runs/${second}/resume`)).status).toBe(202)
    await until(second, 'succeeded')
    expect((await call('DELETE', `/runs/${second}`)).status).toBe(204)
    expect((await call('GET', `/runs/${second}`)).status).toBe(404)
  })

  it('that cannot be run are refused with every problem, its node and field', async () => {
    const { status, json } = await call('POST', '/runs', {
      document: graphOf({ add: { type: 'sum', params: { plus: 'x' } } }),
    })
    expect(status).toBe(422)
    expect(problemDetailsSchema.parse(json)).toMatchObject({
      node: 'add',
      field: 'plus',
      problems: [{ severity: 'error' }],
    })
  })
})

describe('the command line and the server', () => {
  it('share history: a run of one is listed, shown, tailed, cancelled and resumed in the other', async () => {
    const byServer = await start(3, 1)
    await until(byServer, 'succeeded')
    expect((await callStubGraft(['runs'])).stdout).toContain(byServer)
    expect((await callStubGraft(['show', byServer])).stdout).toMatch(/Sum\s+done/)
    const tailed = await callStubGraft(['tail', byServer, '--json'])
    expect(
      tailed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual((await call('GET', `/runs/${byServer}/events`)).json['events'])
    expect(tailed.code).toBe(0)
    const { stdout } = await spawnStubGraft(['run', 'one-and-sum', '--json'], server.home)
    const byHand = (JSON.parse(stdout.split('\n')[0] ?? '') as { run: string }).run
    expect((await call('GET', `/runs/${byHand}`)).json).toMatchObject({
      run: { status: 'succeeded' },
      nodes: { add: { status: 'done' } },
    })
    const long = await start(10_000, 5)
    await until(long, 'running')
    expect((await callStubGraft(['cancel', long])).stdout).toContain('asked to stop')
    await until(long, 'cancelled')
    expect((await callStubGraft(['resume', long, '--queue'])).code).toBe(0)
    await until(long, 'running')
    await call('POST', `/runs/${long}/cancel`)
    await until(long, 'cancelled')
    expect((await callStubGraft(['show', 'nothing'])).stderr).toContain('There is no run "nothing"')
    expect((await callStubGraft(['gc', '--keep-runs', '1'])).stdout).toMatch(/runs forgotten/)
  })
})

describe('artifacts', () => {
  const content = 'a page with a script'
  const sha256 = createHash('sha256').update(content).digest('hex')
  const get = (headers: Record<string, string> = {}, query = '', method = 'GET'): Promise<RawAnswer> =>
    server.send(method, `${apiBase}/artifacts/${sha256}${query}`, { headers })

  beforeAll(async () => {
    await openBlobStore(findHome({ GRAFT_HOME: server.home }).store).put(
      new TextEncoder().encode(content),
      'text/html',
      '../../evil "name".html',
    )
  })

  it('come whole, in ranges, or not at all when they are known', async () => {
    const whole = await get()
    expect([whole.status, whole.body.toString(), whole.headers.etag, whole.headers['content-type']]).toEqual([
      200,
      content,
      `"${sha256}"`,
      'text/html; charset=utf-8',
    ])
    const part = await get({ range: 'bytes=2-5' })
    expect([part.status, part.body.toString(), part.headers['content-range']]).toEqual([
      206,
      'page',
      `bytes 2-5/${content.length}`,
    ])
    expect((await get({ range: 'bytes=-6' })).body.toString()).toBe('script')
    expect((await get({ range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200)
    const outside = await get({ range: 'bytes=900-' })
    expect([outside.status, outside.headers['content-range']]).toEqual([416, `bytes */${content.length}`])
    expect((await get({ 'if-none-match': `"x", "${sha256}"` })).status).toBe(304)
    const head = await get({}, '', 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(content.length)])
  })

  it.each(['', 'weighty'])(
    'that were damaged on disk (to %j) are not handed out, whole, in part or as a promise',
    async (damaged) => {
      const store = openBlobStore(findHome({ GRAFT_HOME: server.home }).store)
      const headers: readonly Record<string, string>[] = [{}, { range: 'bytes=0-1' }]
      for (const [index, each] of headers.entries()) {
        const { sha256: name } = await store.put(
          new TextEncoder().encode(`weights${index}`),
          'application/octet-stream',
        )
        expect((await server.send('GET', `${apiBase}/artifacts/${name}`, { headers: each })).status).toBe(
          200 + 6 * index,
        )
        writeFileSync(store.path(name), damaged)
        const answer = await server.send('GET', `${apiBase}/artifacts/${name}`, { headers: each })
        expect(answer.status).toBe(404)
        expect(answer.body.toString()).toMatch(/store-damaged.*Run the graph again/s)
        expect((await server.send('HEAD', `${apiBase}/artifacts/${name}`)).status).toBe(404)
      }
    },
  )

  it('that are pages run in no origin, and are saved under a safe name', async () => {
    const answer = await get({}, '?download=..%2F..%2Fx%22%0d%0a.html')
    expect(answer.headers['content-security-policy']).toMatch(
      /^sandbox allow-scripts allow-downloads; default-src 'none'/,
    )
    expect(answer.headers['content-disposition']).toBe('attachment; filename="x.html"; filename*=UTF-8\'\'x.html')
    expect(contentDisposition('Bücher/ärger \u202e.html')).toContain('filename="_rger _.html"')
  })

  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=2-99', { start: 2, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=5-2', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=0-1,3-4', null],
    ['items=0-1', null],
    ['bytes=-', null],
  ])('range %s', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected)
  })
})

describe('the service', () => {
  it('says that it is well, counts, and describes itself', async () => {
    expect(JSON.parse((await server.send('GET', '/healthz')).body.toString())).toEqual({ status: 'ok' })
    const metrics = (await server.send('GET', '/metrics')).body.toString()
    expect(metrics).toMatch(
      /^# HELP graft_http_responses_total .+\n# TYPE graft_http_responses_total counter\ngraft_http_responses_total\{status="\d{3}"\} \d+$/m,
    )
    expect(metrics).toContain(`\ngraft_memory_budget_bytes ${512 * 2 ** 20}\n`)
    expect(metrics).toContain('\ngraft_memory_cache_bytes{cache="sample-lists"} 0\n')
    for (const line of metrics.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"\})? [\d.e+-]+)$/)
    const description = JSON.parse((await server.send('GET', `${apiBase}/openapi.json`)).body.toString()) as {
      paths: Record<string, unknown>
    }
    expect(description).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
    expect(Object.keys(description.paths)).toContain('/runs/{id}/events')
  })

  it('shows a friendly page while the editor is not built', async () => {
    const answer = await server.send('GET', '/graphs/abc', { headers: { accept: 'text/html' } })
    expect([answer.status, answer.body.toString()]).toEqual([200, expect.stringContaining('npm run build')])
  })

  it('inspects a graph in its helper, and does not run what is expensive for that', async () => {
    const cheap = graphOf(
      { one: { type: 'constant', params: { value: 4 } }, add: { type: 'sum', params: { plus: 1 } } },
      ['one.value -> add.terms'],
    )
    expect(await call('POST', '/inspect', { document: cheap, node: 'add' })).toMatchObject({
      status: 200,
      json: { inputs: { terms: [4] }, outputs: { value: 5 } },
    })
    const costly = graphOf({ one: { type: 'constant' }, engine: { type: 'engine-node' }, add: { type: 'sum' } }, [
      'one.value -> engine.value',
      'engine.value -> add.terms',
    ])
    expect(await call('POST', '/inspect', { document: costly, node: 'add' })).toMatchObject({
      status: 200,
      json: {
        inputs: {},
        missing: expect.stringMatching(/^"engine" has no stored result yet, .* Run the graph up to it first\.$/),
        problems: [{ code: 'not-computed-yet', node: 'engine' }],
      },
    })
  })

  it('calls it a fault, and nothing about the graph, where the helper that inspects comes to an end', async () => {
    const document = graphOf(
      { one: { type: 'constant' }, gone: { type: 'failing', params: { how: 'crash' } }, add: { type: 'sum' } },
      ['one.value -> gone.value', 'gone.value -> add.terms'],
    )
    expect(await call('POST', '/inspect', { document, node: 'add' })).toMatchObject({
      status: 500,
      json: { code: 'helper-failed' },
    })
  })

  it('says why a graph can’t be written as a program', async () => {
    const document = graphOf({ one: { type: 'constant' } }, [])
    expect(await call('POST', '/programs', { document })).toMatchObject({
      status: 422,
      json: { code: 'nothing-to-train', detail: expect.stringContaining('no Train') },
    })
  })

  it('cannot be started twice on one port', async () => {
    await expect(
      startTestServer({ port: server.port, runProgram: compiled('testing/scripted-child.js') }),
    ).rejects.toThrow(/is taken/)
  })
})

describe('guards', () => {
  it.each([
    ['localhost', true],
    ['localhost:4747', true],
    ['127.0.0.1:80', true],
    ['[::1]:4747', true],
    ['192.168.1.7', true],
    ['graft.example', true],
    ['GRAFT.example:1', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['', false],
    [undefined, false],
    ['localhost:123456', false],
    ['a b', false],
  ])('host %s: %s', (host, expected) => {
    expect(isAllowedHost(host, ['graft.example'])).toBe(expected)
  })

  it.each([
    [undefined, true],
    ['http://localhost:4747', true],
    ['http://localhost:4748', false],
    ['https://localhost:4747', true],
    ['http://evil.example', false],
    ['null', false],
    ['http://dev:5173', true],
    ['', false],
    ['file://localhost:4747', false],
  ])('origin %s: %s', (origin, expected) => {
    expect(isAllowedOrigin(origin, 'localhost:4747', ['http://dev:5173'])).toBe(expected)
  })

  it('limit rates per key, and refill', () => {
    let time = 0
    const limit = new RateLimit(10, 3, () => time)
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
    time += 100
    expect([limit.take('a'), limit.take('a')]).toEqual([true, false])
  })
})
