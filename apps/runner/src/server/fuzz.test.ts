import { apiBase, endpoints } from '@graft/graph-schema'
import type { Endpoint } from '@graft/graph-schema'
import { createRandom } from '@graft/network'
import type { Random } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startTestServer } from '../testing/in-process-server.js'
import type { TestServer } from '../testing/in-process-server.js'
import { graphOf } from '../testing/run-stub-graph.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Date.now() % 1_000_000)
const requests = 5000
/** Operations that start processes get few of the requests: their answers are the same, and each costs a second. */
const share: Readonly<Record<string, number>> = {
  getEngines: 0.002,
  listBackbones: 0.002,
  startDownload: 0.002,
  summariseData: 0.02,
  findNearCopies: 0.02,
  predict: 0.2,
  explain: 0.02,
  familiarity: 0.02,
  inspect: 0.02,
  getDataThumbnail: 0.2,
  getArtifactThumbnail: 0.2,
  getSampleThumbnail: 0.2,
}

type Schema = Readonly<Record<string, unknown>>

const strings = [
  '',
  'a',
  'train',
  '../..',
  '\0',
  '🪴'.repeat(20),
  'x'.repeat(5000),
  '__proto__',
  'constructor',
  '%2e%2e',
  '-1',
  'null',
  '1e309',
  "' or 1=1",
  '<script>',
  'a'.repeat(64),
  '\ud800',
]
const numbers = [0, 1, -1, 0.5, 1e9, 2 ** 53, -(2 ** 53), 1e308, 5e-324]

/** Values that a schema allows, nearly allows, or doesn't. */
class Fuzzer {
  constructor(private readonly random: Random) {}

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item
  }

  chance(share: number): boolean {
    return this.random() < share
  }

  value(schema: Schema, depth = 0): unknown {
    if (this.chance(0.08)) return this.anything(depth)
    const options = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined
    if (options) return this.value(this.pick(options), depth)
    if ('const' in schema) return schema['const']
    if (schema['enum']) return this.pick(schema['enum'] as readonly unknown[])
    switch (schema['type']) {
      case 'string':
        return this.chance(0.5) ? this.pick(strings) : `id-${Math.floor(this.random() * 1000)}`
      case 'integer':
        return this.chance(0.3) ? this.pick(numbers) : Math.floor(this.random() * 20)
      case 'number':
        return this.pick(numbers)
      case 'boolean':
        return this.chance(0.5)
      case 'null':
        return null
      case 'array':
        return Array.from({ length: Math.floor(this.random() * 4) }, () =>
          this.value((schema['items'] ?? {}) as Schema, depth + 1),
        )
      case 'object':
        return this.object(schema, depth)
      default:
        return this.anything(depth)
    }
  }

  private object(
    { properties = {}, required = [] }: { properties?: Record<string, Schema>; required?: readonly string[] } & Schema,
    depth: number,
  ): unknown {
    const kept = Object.entries(properties).filter(([name]) =>
      required.includes(name) ? !this.chance(0.05) : this.chance(0.5),
    )
    return {
      ...Object.fromEntries(kept.map(([name, inner]) => [name, this.value(inner, depth + 1)])),
      ...(this.chance(0.1) ? { [this.pick(strings)]: this.anything(depth + 1) } : {}),
    }
  }

  anything(depth: number): unknown {
    const leaf = (): unknown => this.pick<unknown>([null, true, false, ...strings, ...numbers])
    if (depth > 4 || this.chance(0.6)) return leaf()
    return this.chance(0.5) ? [this.anything(depth + 1), leaf()] : { [this.pick(strings)]: this.anything(depth + 1) }
  }
}

describe('the API', () => {
  let server: TestServer
  const known: Record<string, string[]> = { id: [], sha256: [], version: ['1', '2'] }

  beforeAll(async () => {
    server = await startTestServer({ limits: { requestsPerSecond: 1e6, expensivePerSecond: 1e6, queuedRuns: 20 } })
    const document = { ...graphOf({ one: { type: 'constant' } }), description: '{"steps":1,"pause":1}' }
    const post = async (path: string, body: unknown): Promise<Record<string, unknown>> =>
      JSON.parse(
        (
          await server.send('POST', apiBase + path, {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
        ).body.toString(),
      )
    known.id = [
      String((await post('/graphs', { document }))['id']),
      ((await post('/runs', { document }))['run'] as { id: string }).id,
    ]
    known.sha256 = ['0'.repeat(64)]
  })
  afterAll(() => server.close())

  it(`answers ${requests} made-up requests without a fault of its own, and as its schemas say (seed ${seed})`, async () => {
    const fuzzer = new Fuzzer(createRandom(seed))
    const entries = Object.entries(endpoints) as unknown as [string, Endpoint][]
    const statuses = new Map<number, number>()
    for (let index = 0; index < requests; index++) {
      let [name, endpoint] = fuzzer.pick(entries)
      while (!fuzzer.chance(share[name] ?? 1)) [name, endpoint] = fuzzer.pick(entries)
      const { path, options } = requestFor(endpoint, fuzzer, known)
      const answer = await server.send(endpoint.method, path, options)
      const what = `seed ${seed}, request ${index}: ${name} ${endpoint.method} ${path.slice(0, 300)} ${JSON.stringify(options.body ?? '').slice(0, 500)} -> ${answer.status} ${answer.body.toString('utf8', 0, 300)}`
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      expect(answer.status, `${what} ${server.logged.at(-1) ?? ''}`).toBeLessThan(500)
      if (answer.status === endpoint.status && endpoint.response !== null)
        expect(endpoint.response.safeParse(JSON.parse(answer.body.toString())).error, what).toBeUndefined()
    }
    console.log(
      `seed ${seed}: ${[...statuses]
        .toSorted()
        .map(([status, count]) => `${status}: ${count}`)
        .join(', ')}`,
    )
    expect(statuses.get(200) ?? 0).toBeGreaterThan(requests / 20)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

function requestFor(
  endpoint: Endpoint,
  fuzzer: Fuzzer,
  known: Readonly<Record<string, readonly string[]>>,
): { path: string; options: { headers: Record<string, string>; body?: string } } {
  const schemaOf = (schema: z.ZodType): Schema =>
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  const params = (schemaOf(endpoint.params)['properties'] ?? {}) as Record<string, Schema>
  const text = (value: unknown): string =>
    encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\p{Cs}/gu, '?'))
  const path = endpoint.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) =>
      text(fuzzer.chance(0.7) && known[name]?.length ? fuzzer.pick(known[name]) : fuzzer.value(params[name] ?? {})) ||
      'x',
  )
  const query = fuzzer.value(schemaOf(endpoint.query))
  const pairs =
    typeof query === 'object' && query !== null
      ? Object.entries(query).map(([name, value]) => `${text(name)}=${text(value)}`)
      : []
  const headers: Record<string, string> = {}
  if (endpoint.body !== null) headers['content-type'] = fuzzer.chance(0.97) ? 'application/json' : 'text/plain'
  if (endpoint.upload !== undefined)
    headers['content-type'] = fuzzer.pick([...endpoint.upload, 'multipart/form-data; boundary=x'])
  const body =
    endpoint.body !== null
      ? bodyFor(endpoint.body, fuzzer)
      : endpoint.upload !== undefined
        ? fuzzer.pick(strings)
        : undefined
  return {
    path: `${apiBase}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`,
    options: { headers, ...(body === undefined ? {} : { body }) },
  }
}

/** Half of the documents are graphs, with something changed. */
function bodyFor(schema: z.ZodType, fuzzer: Fuzzer): string {
  const made = fuzzer.value(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
  const graph = graphOf(
    {
      one: {
        type: fuzzer.pick(['constant', 'sum', 'failing', '__proto__', 'nothing']),
        params: { value: fuzzer.anything(3) },
      },
      two: { type: 'sum' },
    },
    fuzzer.chance(0.7) ? ['one.value -> two.terms'] : ['two.value -> two.terms', 'x.y -> one.z'],
  )
  const isObject = typeof made === 'object' && made !== null && 'document' in made
  const body =
    isObject && fuzzer.chance(0.6)
      ? {
          ...made,
          document: fuzzer.chance(0.7)
            ? graph
            : {
                ...graph,
                [fuzzer.pick(['nodes', 'edges', 'layout', 'version', 'name', 'requires'])]: fuzzer.anything(0),
              },
        }
      : made
  const text = JSON.stringify(body) ?? 'null'
  return fuzzer.chance(0.03) ? text.slice(0, Math.floor(text.length / 2)) : text
}
