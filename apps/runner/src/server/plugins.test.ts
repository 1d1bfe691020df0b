import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runDetailSchema } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPlugin, removePlugin } from '../plugins/install/add-plugin.js'
import { makePlugin } from '../plugins/testing/make-plugin.js'
import { GraftServe } from '../testing/graft-serve.js'
import { graphOf } from '../testing/run-stub-graph.js'

const home = mkdtempSync(join(tmpdir(), 'graft-serve-plugins-'))
const data = join(home, 'data')
let server: GraftServe

const add = (given: string): Promise<unknown> =>
  addPlugin({ home: { root: home }, given, link: false, replace: false, approve: async () => true })
const exampleOf = (name: string): string =>
  fileURLToPath(new URL(`../../../../examples/plugins/${name}`, import.meta.url))
const nodeTypes = async (): Promise<string[]> =>
  ((await server.call('GET', '/nodes')).json['nodes'] as { type: string }[]).map(({ type }) => type)

/** Starts a run and waits for its end. */
async function run(document: GraphDocument): Promise<ReturnType<typeof runDetailSchema.parse>> {
  const started = await server.call('POST', '/runs', { document })
  expect(started, JSON.stringify(started.json)).toMatchObject({ status: 202 })
  const { id } = started.json['run'] as { id: string }
  for (;;) {
    const detail = runDetailSchema.parse((await server.call('GET', `/runs/${id}`)).json)
    if (detail.run.status !== 'queued' && detail.run.status !== 'running') return detail
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

beforeAll(async () => {
  mkdirSync(join(data, 'images'), { recursive: true })
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(data, 'images', `${name}.png`), pixel)
  writeFileSync(join(data, 'list.csv'), 'file,label\na.png,warm\nb.png,warm\nc.png,cold\nd.png,cold\n')
  await add(exampleOf('class-costs'))
  server = await GraftServe.start(home, ['--data-root', data])
}, 300_000)
afterAll(() => server.stop())

const listed: GraphDocument = graphOf({ list: { type: 'image-list/csv-list' }, split: { type: 'split' } }, [
  'list.images -> split.images',
])
const listing: GraphDocument = {
  ...listed,
  nodes: {
    ...listed.nodes,
    list: {
      type: 'image-list/csv-list',
      version: 2,
      params: { list: join(data, 'list.csv'), folder: join(data, 'images') },
    },
  },
}

describe('plugins in graft serve', () => {
  it('are there when they were approved before the start, when they are added later, and not any more when they are removed', {
    timeout: 300_000,
  }, async () => {
    expect(await nodeTypes()).toContain('class-costs/cost-weighted-accuracy')
    expect(await nodeTypes()).not.toContain('image-list/csv-list')
    await add(exampleOf('image-list'))
    expect(await nodeTypes()).toContain('image-list/csv-list')
    // A helper that knows the nodes of before is at work by now.
    expect(
      (await server.call('POST', '/inspect', { document: graphOf({ one: { type: 'split' } }), node: 'one' })).status,
    ).toBe(200)
    await add(makePlugin('short-lived'))
    expect(
      (await server.call('POST', '/validate', { document: graphOf({ it: { type: 'short-lived/gives' } }) })).json[
        'problems'
      ],
    ).toContainEqual(expect.objectContaining({ code: 'plugin-unrecorded', severity: 'info' }))
    await removePlugin({ root: home }, 'short-lived')
    expect(await nodeTypes()).not.toContain('short-lived/gives')
    expect(
      (await server.call('POST', '/runs', { document: graphOf({ it: { type: 'short-lived/gives' } }) })).status,
    ).toBe(422)
  })

  it('run in graphs like built-in nodes: a data node, and a node that reads what Evaluate measured', {
    timeout: 300_000,
  }, async () => {
    const split = await run(listing)
    expect(split.nodes['list']?.outputs, JSON.stringify(split.nodes)).toMatchObject({
      images: { kind: 'dataset', count: 4, classNames: ['cold', 'warm'] },
    })
    expect(split.run.status).toBe('succeeded')
    const inspected = await server.call('POST', '/inspect', { document: listing, node: 'split' })
    expect(inspected.json, JSON.stringify(inspected.json)).toMatchObject({
      inputs: { images: { count: 4 } },
      problems: [],
    })
    const judged = await run(
      graphOf(
        {
          images: { type: 'sample-data' },
          split: { type: 'split' },
          backbone: { type: 'load-backbone' },
          strip: { type: 'strip-head' },
          head: { type: 'add-head' },
          evaluate: { type: 'evaluate' },
          costs: { type: 'class-costs/cost-weighted-accuracy' },
        },
        [
          'images.images -> split.images',
          'backbone.model -> strip.model',
          'strip.model -> head.model',
          'split.train -> head.images',
          'head.model -> evaluate.model',
          'split.val -> evaluate.images',
          'evaluate.metrics -> costs.metrics',
        ],
      ),
    )
    expect(judged.nodes['costs']?.outputs, JSON.stringify(judged.nodes['costs'])).toMatchObject({
      score: expect.any(Number) as number,
      table: { kind: 'file' },
    })
    expect(judged.run.status).toBe('succeeded')
  })

  it('bring old parameters to their present version, asked by the server and by the run', {
    timeout: 300_000,
  }, async () => {
    const old: GraphDocument = {
      ...listing,
      nodes: {
        ...listing.nodes,
        list: {
          type: 'image-list/csv-list',
          version: 1,
          params: { list: join(data, 'list.csv'), root: join(data, 'images') },
        },
      },
    }
    const problems = (await server.call('POST', '/validate', { document: old })).json['problems'] as {
      severity: string
    }[]
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect((await run(old)).run.status).toBe('succeeded')
  })

  it.each([
    [
      'loops forever',
      'endless',
      { run: 'for (;;) {}', permissions: { timeoutSeconds: 1 } },
      /Plugin "endless" 1\.0\.0 took longer than the 1 s it may take/,
    ],
    [
      'ends its process',
      'leaving',
      { run: 'process.exit(0)' },
      /Plugin "leaving" 1\.0\.0 ended its process with code 0 before it gave a result/,
    ],
  ])('fail alone when one %s, and the server goes on', async (_, name, made, message) => {
    await add(makePlugin(name, made))
    const failed = await run({
      ...graphOf({ bad: { type: `${name}/gives` } }),
      nodes: { ...listing.nodes, bad: { type: `${name}/gives`, version: 1, params: {} } },
      edges: listing.edges,
    })
    expect(failed.nodes['bad']?.problem?.message).toMatch(message)
    expect(['done', 'cached']).toContain(failed.nodes['split']?.status)
    expect(failed.run.status).toBe('failed')
    expect((await run(listing)).run.status).toBe('succeeded')
    expect((await server.call('GET', '/healthz')).json).toEqual({ status: 'ok' })
  })

  it('do not hold up anybody else when one hangs while it checks parameters', async () => {
    const hang = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
    await add(makePlugin('pondering', { fields: `validate: () => { ${hang}; return [] },` }))
    const document = graphOf({ it: { type: 'pondering/gives' } })
    let waiting = true
    const checked = server.call('POST', '/validate', { document }).finally(() => {
      waiting = false
    })
    let answers = 0
    for (; waiting; answers++) {
      expect((await server.call('GET', '/healthz')).status).toBe(200)
      expect(
        (await server.call('POST', '/validate', { document: graphOf({ one: { type: 'sample-data' } }) })).status,
      ).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect((await checked).json['problems']).toContainEqual(
      expect.objectContaining({
        code: 'plugin-failed',
        node: 'it',
        message: expect.stringMatching(/Plugin "pondering" 1\.0\.0 gave no sign of life/) as string,
      }),
    )
    // A server that waited would have answered the one that was asked as it began.
    expect(answers).toBeGreaterThan(2)
    expect((await server.call('POST', '/runs', { document })).status).toBe(422)
  })

  it('are recorded in the graphs that are saved', async () => {
    const { id } = (await server.call('POST', '/graphs', { document: listing })).json as { id: string }
    const saved = async (): Promise<GraphDocument> =>
      (await server.call('GET', `/graphs/${id}`)).json['document'] as GraphDocument
    expect((await saved()).requires).toEqual({ 'image-list': '^1.0.0' })
    const foreign = { ...listing, requires: { 'image-list': '^9.0.0', elsewhere: '1.0.0' } }
    expect((await server.call('PUT', `/graphs/${id}`, { document: foreign, baseVersion: 1 })).json).toEqual({
      version: 2,
    })
    expect((await saved()).requires).toEqual({ 'image-list': '^9.0.0' })
    expect(
      (await server.call('PUT', `/graphs/${id}`, { document: graphOf({ split: { type: 'split' } }), baseVersion: 2 }))
        .json,
    ).toEqual({ version: 3 })
    expect(await saved()).not.toHaveProperty('requires')
  })
})
