import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { checkForRun } from '../../executor/plan/check-for-run.js'
import { graphOf, runStubGraph, stubOptions } from '../../testing/run-stub-graph.js'
import type { StubRun } from '../../testing/run-stub-graph.js'
import { stubLibrary } from '../../testing/stub-nodes.js'
import { isolationTools } from '../host/isolation-tools.js'
import type { PluginLimits } from '../host/limits.js'
import { addPlugin } from '../install/add-plugin.js'
import { loadPlugins } from '../load-plugins.js'
import { requirementsOf } from '../../executor/plan/requirements.js'
import { makePlugin } from '../testing/make-plugin.js'
import type { MadePlugin } from '../testing/make-plugin.js'
import type { PluginNodeDefinition } from '../../executor/plan/plugin-node.js'

interface Installed {
  readonly directory: string
  readonly node: PluginNodeDefinition
}

async function install(made: MadePlugin, limits: Partial<PluginLimits> = {}): Promise<Installed> {
  const directory = mkdtempSync(join(tmpdir(), 'graft-node-'))
  const home = { root: directory }
  await addPlugin({ home, given: makePlugin('p', made), link: false, replace: false, approve: async () => true })
  const {
    definitions: [node],
  } = await loadPlugins({ home, limits })
  if (node === undefined) throw new Error('the plugin of the test was not loaded')
  return { directory, node }
}

const graph = (params: Readonly<Record<string, unknown>> = {}): GraphDocument =>
  graphOf({ n: { type: 'p/gives', params } })
const run = ({ directory, node }: Installed, document = graph(), signal?: AbortSignal): Promise<StubRun> =>
  runStubGraph(document, stubOptions(directory, { library: [...stubLibrary, node], ...(signal ? { signal } : {}) }))
const messageOf = ({ events }: StubRun): string =>
  events.flatMap((event) => (event.type === 'node-failed' ? [event.problem.message] : [])).join()

describe('a node of a plugin', () => {
  it('runs like a built-in one: defaults, events, blobs, cache', async () => {
    const installed = await install({
      params:
        "z.strictObject({ plus: z.number().default(2).meta({ title: 'Plus', description: 'Added.' }), more: z.object({ deep: z.number().default(3) }).prefault({}) })",
      run: `context.emit({ type: 'log', level: 'warning', message: 'Careful.' })
        const blob = await context.store.put(new Uint8Array(300_000).fill(7), 'application/octet-stream')
        const back = await context.store.get(blob.sha256)
        return { value: params.plus + params.more.deep + back.length + back[299_999] }`,
    })
    const first = await run(installed)
    expect(first.end.outputs).toEqual({ n: { value: 300_012 } })
    expect(first.events.find((event) => event.type === 'log' && event.node === 'n')).toMatchObject({
      message: 'Careful.',
    })
    const second = await run(installed)
    expect([second.ran, second.end.outputs]).toEqual([[], first.end.outputs])
    expect((await run(installed, graph({ plus: 3 }))).ran).toEqual(['n'])
  })

  it('gets a failure of its own across as it is', async () => {
    const installed = await install({ run: "throw new NodeError('plus', 'Too much \\u001b[31mred.', 'Take less.')" })
    expect((await run(installed)).events.find((event) => event.type === 'node-failed')).toMatchObject({
      problem: { field: 'plus', message: 'Too much \ufffd[31mred.', fix: 'Take less.' },
    })
  })

  it('reads the paths of its parameters when it may, is run again when they change, and reads nothing beside them', async () => {
    const made: MadePlugin = {
      before: "import { readFile } from 'node:fs/promises'",
      params:
        "z.strictObject({ path: pathField({ title: 'Path', description: 'A file.' }), other: z.string().default('') })",
      fields: "fingerprint: async ({ path }, { resolvePath }) => readFile(resolvePath(path), 'utf8'),",
      run: "return { value: (await readFile(params.other === '' ? context.resolvePath(params.path) : params.other, 'utf8')).length }",
      permissions: { read: ['{params}'] },
    }
    const installed = await install({
      ...made,
      before: `${made.before ?? ''}\nimport { pathField } from '@graft/nodes/sdk'`,
    })
    const file = join(installed.directory, 'list.txt')
    writeFileSync(file, 'four')
    writeFileSync(`${file}.secret`, 'secret')
    const document = graph({ path: 'list.txt' })
    const resolvePath = (path: string): string => join(installed.directory, path)
    expect(await installed.node.reads?.({ path: 'list.txt', other: '' }, { resolvePath })).toEqual([file])
    expect((await run(installed, document)).end.outputs).toEqual({ n: { value: 4 } })
    expect((await run(installed, document)).ran).toEqual([])
    writeFileSync(file, 'seven..')
    utimesSync(file, 1, 1)
    expect((await run(installed, document)).end.outputs).toEqual({ n: { value: 7 } })
    expect(messageOf(await run(installed, graph({ path: 'list.txt', other: `${file}.secret` })))).toMatch(
      /Plugin "p" 1\.0\.0 tried to read .*list\.txt\.secret, which it was not permitted to/,
    )
  })

  it("can't have other nodes read images that it may not read itself", async () => {
    const installed = await install({
      output: 'dataset',
      before: "import { withSamples } from '@graft/nodes/sdk'",
      run: `const samples = [{ id: 'a', path: '/etc/hostname', label: 0, fingerprint: 'f' }]
        return { value: await withSamples({ kind: 'dataset', split: 'all', name: 'd', classNames: ['c'], transforms: [], skipped: [], provenance: [] }, samples, context.store) }`,
    })
    expect(messageOf(await run(installed))).toContain(
      'Plugin "p" 1.0.0 at its output "value" lists the image /etc/hostname, which the plugin may not read.',
    )
  })

  it('stops when told to', async () => {
    const installed = await install({
      run: "context.emit({ type: 'log', level: 'info', message: 'on' }); await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)))",
    })
    expect((await run(installed, graph(), AbortSignal.timeout(1500))).end.status).toBe('cancelled')
  })

  it('is ended when it does not stop', async () => {
    const installed = await install({ run: 'for (;;) {}' }, { abortMilliseconds: 100 })
    expect((await run(installed, graph(), AbortSignal.timeout(1500))).end.status).toBe('cancelled')
  })

  it("has no environment, no network device and no options of the person's", async () => {
    process.env.NODE_OPTIONS = '--title=leaked'
    process.env.GRAFT_SECRET = 'leaked'
    const network = isolationTools().withoutNetwork === null ? '' : '|| Object.keys(networkInterfaces()).length > 0'
    try {
      const installed = await install({
        before: "import { networkInterfaces } from 'node:os'",
        run: `return { value: 'GRAFT_SECRET' in process.env || 'NODE_OPTIONS' in process.env || process.title === 'leaked' ${network} ? 1 : 0 }`,
      })
      expect((await run(installed)).end.outputs).toEqual({ n: { value: 0 } })
    } finally {
      delete process.env.NODE_OPTIONS
      delete process.env.GRAFT_SECRET
    }
  })

  it('brings old parameters to its version, and checks several together, before anything runs', async () => {
    const { node } = await install({
      params: 'z.strictObject({ low: z.number().default(0), high: z.number().default(1) })',
      fields: `version: 2, migrations: [{ to: 2, name: 'rename top to high', up: ({ top, ...rest }) => ({ ...rest, high: top }) }],
        validate: ({ low, high }) => (low < high ? [] : [{ code: 'order', severity: 'error', field: 'low', message: 'low is not below high.', fix: 'Lower it.' }]),`,
    })
    const problems = (version: number, params: Readonly<Record<string, unknown>>): readonly string[] => {
      const document = graphOf({ n: { type: 'p/gives', params } })
      return checkForRun(
        { ...document, nodes: { n: { ...document.nodes.n, type: 'p/gives', params, version } }, requires: { p: '*' } },
        [node],
      )
        .filter(({ severity }) => severity === 'error')
        .map(({ code, message }) => `${code}: ${message}`)
    }
    expect(problems(1, { top: 5 })).toEqual([])
    expect(problems(1, { top: -5 })).toEqual(['order: low is not below high.'])
    expect(problems(2, { low: 0, high: 0 })).toEqual(['order: low is not below high.'])
    expect(problems(2, { top: 5 })[0]).toMatch(/^param-unknown/)
  })

  it('that hangs while it checks parameters costs its time once, and is named', async () => {
    const { node } = await install({ fields: 'validate: () => { for (;;) {} },' }, { onceMilliseconds: 1500 })
    expect(node.validate?.({})).toMatchObject([
      {
        code: 'plugin-failed',
        message: expect.stringMatching(/^Plugin "p" 1\.0\.0 gave no sign of life for 1\.5 s/) as string,
      },
    ])
    // A second process would hang as well, and time out with a message of its own: the very same problem shows that
    // none was started.
    expect(node.validate?.({ other: 1 })).toEqual(node.validate?.({}))
  })
})

describe('a graph that requires plugins', () => {
  const codes = (document: GraphDocument, library: readonly PluginNodeDefinition[]): string[] =>
    checkForRun(document, [...stubLibrary, ...library])
      .filter(({ code }) => code.startsWith('plugin') || code.startsWith('node-type'))
      .map(({ code, severity, node }) => `${severity} ${code} ${node ?? ''}`.trim())

  it('is refused when one is missing or of another version, and says what to install', async () => {
    const { node } = await install({ version: '1.4.0' })
    const document = graph()
    expect(codes({ ...document, requires: { p: '^1.2.0' } }, [node])).toEqual([])
    expect(codes({ ...document, requires: { p: '^2.0.0' } }, [node])).toEqual(['error plugin-version n'])
    expect(codes({ ...document, requires: { p: '^1.2.0' } }, [])).toEqual(['error plugin-not-installed n'])
    expect(codes({ ...document, requires: { other: '^1.2.0', p: '*' } }, [node])).toEqual(['info plugin-not-installed'])
    expect(codes({ ...document, requires: { p: 'newest' } }, [node])).toEqual(['error plugin-range n'])
    expect(codes(document, [node])).toEqual(['info plugin-unrecorded'])
    expect(codes(document, [])).toEqual(['error node-type-unknown n'])
    const [missing] = checkForRun({ ...document, requires: { p: '^1.2.0' } }, stubLibrary)
    expect(missing).toMatchObject({
      message: 'The graph needs plugin "p" ^1.2.0, which is not installed (or not approved) here.',
      fix: expect.stringContaining('`graft plugin add p`') as string,
    })
    expect(requirementsOf({ ...document, requires: { p: '^0.1.0', unused: '*' } }, [node])).toEqual({ p: '^1.4.0' })
  })
})
