import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'
import { testPlugin } from './conformance/test-plugin.js'
import { describeStaged, stagePlugin } from './install/stage-plugin.js'
import { proxyNode } from './node/proxy-node.js'
import { makePlugin } from './testing/make-plugin.js'

/** A plugin with a kind of its own: one node gives points, another counts them. */
const source = (given: string, kind = "portKind('corners/points', 'Points', z.array(z.number().max(9)))"): string => `
import { definePlugin, defineNode, numberPort, portKind, z } from '@graft/nodes/sdk'
const pointsPort = ${kind}
const common = { version: 1, category: 'Data', params: z.strictObject({}) }
export default definePlugin({
  nodes: [
    defineNode({
      ...common, type: 'find', title: 'Find', doc: 'Finds points for a test. Nothing else.', inputs: {},
      outputs: { points: pointsPort('Where the points are.') }, run: async () => ({ points: ${given} }),
    }),
    defineNode({
      ...common, type: 'count', title: 'Count', doc: 'Counts points for a test. Nothing else.',
      inputs: { points: pointsPort('Where the points are.') }, outputs: { count: numberPort('How many points there are.') },
      run: async ({ inputs }) => ({ count: inputs.points.length }),
    }),
  ],
})`
const example = JSON.stringify({ examples: [{ node: 'find' }, { node: 'count', inputs: { points: [1, 2] } }] })
const pluginOf = (code: string): string =>
  makePlugin('corners', { files: { 'index.js': code, 'conformance.json': example } })

async function libraryOf(code: string): Promise<ReturnType<typeof proxyNode>[]> {
  const staged = await stagePlugin(pluginOf(code), join(mkdtempSync(join(tmpdir(), 'graft-own-')), 'plugins'), false)
  return (await describeStaged(staged)).map((described) => proxyNode(staged.plugin, described))
}

const graph = graphOf({ find: { type: 'corners/find' }, count: { type: 'corners/count' } }, [
  'find.points -> count.points',
])

describe("a kind of a plugin's own", () => {
  it('flows from node to node, and the conformance kit finds no fault in it', async () => {
    const library = await libraryOf(source('[1, 2, 3]'))
    const { end } = await runStubGraph(graph, stubOptions(undefined, { library, to: ['count'] }))
    expect(end).toMatchObject({ status: 'succeeded', outputs: { count: { count: 3 } } })
    const results = await testPlugin(pluginOf(source('[1, 2, 3]')))
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  })

  it('is held against its schema where it leaves the plugin', async () => {
    const library = await libraryOf(source('[1, 12]'))
    const { events } = await runStubGraph(graph, stubOptions(undefined, { library, to: ['count'] }))
    expect(events.find((event) => event.type === 'node-failed')).toMatchObject({
      node: 'find',
      problem: {
        code: 'plugin-output',
        field: 'points',
        message: expect.stringContaining('gave no corners/points: "1"'),
      },
    })
  })

  it('is held against the schema of the input it arrives at, which may be of another version', async () => {
    const [find] = await libraryOf(source('[1, 12]', "portKind('corners/points', 'Points', z.array(z.number()))"))
    const [, count] = await libraryOf(source('[]'))
    const library = [find, count].flatMap((node) => node ?? [])
    const { events } = await runStubGraph(graph, stubOptions(undefined, { library, to: ['count'] }))
    expect(events.find((event) => event.type === 'node-failed')).toMatchObject({
      node: 'count',
      problem: {
        field: 'points',
        message: expect.stringContaining('is not the corners/points that this node expects'),
      },
    })
  })

  it('connects with the same kind only', async () => {
    const manifests = [...stubLibrary, ...(await libraryOf(source('[1]')))].map(manifestOf)
    expect(check(graph, manifests).filter(({ severity }) => severity === 'error')).toEqual([])
    const wrong = graphOf({ one: { type: 'constant' }, count: { type: 'corners/count' } }, [
      'one.value -> count.points',
    ])
    expect(check(wrong, manifests)).toContainEqual(
      expect.objectContaining({ code: 'type-mismatch', node: 'count', field: 'points' }),
    )
  })

  it.each([
    ['a name without a plugin', "portKind('points', 'Points', z.array(z.number()))"],
    ['a pattern that can take forever', "portKind('corners/points', 'Points', z.string().regex(/^(a+)+$/))"],
  ])('with %s is refused', async (_what, kind) => {
    await expect(libraryOf(source('[]', kind))).rejects.toThrow(/describes its nodes wrongly|not valid/)
  })
})
