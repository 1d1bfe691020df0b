import { defineMigrations } from '@graft/graph-schema'
import type { Port } from '@graft/graph-schema'
import { z } from 'zod'
import { canonicalJson } from '../../cache/canonical-json.js'
import { hasEnded } from '../host/failures.js'
import { PluginProcess } from '../host/plugin-process.js'
import { pathsOfParams } from '../manifest/plugin-manifest.js'
import { proxyNode } from '../node/proxy-node.js'
import { callRun } from '../node/run-in-plugin.js'
import { callOf, CheckFailed, Skipped } from './conformance-check.js'
import type { ConformanceCheck, NodeUnderTest, PreparedExample } from './conformance-check.js'

const warmUpRuns = 10
const leakRuns = 50
const fewestLeakRuns = 3
const allowedGrowthMegabytes = 8
const abortAfterMilliseconds = 50

interface Field {
  readonly title?: unknown
  readonly description?: unknown
  readonly widget?: unknown
}
const fieldsOf = ({ described }: NodeUnderTest): Readonly<Record<string, Field>> =>
  (described.manifest.params['properties'] ?? {}) as Readonly<Record<string, Field>>

const documented: ConformanceCheck = {
  name: 'documented',
  run: async (node) => {
    const { doc, title, inputs, outputs } = node.described.manifest
    const ports = Object.entries<Port>({ ...inputs, ...outputs })
      .filter(([, port]) => port.description.length < 10)
      .map(([name]) => `port "${name}"`)
    const fields = Object.entries(fieldsOf(node))
      .filter(([, field]) => typeof field.title !== 'string' || typeof field.description !== 'string')
      .map(([name]) => `parameter "${name}"`)
    const missing = [...ports, ...fields]
    if (title.length < 3 || !/^[A-Z][^]{15,}?[.:]/.test(doc))
      throw new CheckFailed('its doc needs a first sentence that stands alone, and its title at least 3 letters')
    if (missing.length > 0)
      throw new CheckFailed(`no description of ${missing.join(', ')}: use .meta({ title, description })`)
    return 'doc, ports and parameters are explained'
  },
}

const withExamples: ConformanceCheck = {
  name: 'examples',
  run: async ({ examples }) => {
    if (examples.length === 0)
      throw new CheckFailed('conformance.json has no example for it, so that nothing could be run')
    return `${examples.length} in conformance.json`
  },
}

const paramsRoundTrip: ConformanceCheck = {
  name: 'params round-trip',
  run: (node) =>
    inProcess(node, async (running) => {
      const parse = (params: Readonly<Record<string, unknown>>): Promise<unknown> =>
        running.call({ method: 'parse', node: node.described.manifest.type, params })
      const schema = proxyNode(node.plugin, node.described).params
      for (const { example } of needExamples(node)) {
        const once = await parse(example.params)
        const again = await parse(once as Record<string, unknown>)
        if (canonicalJson(once) !== canonicalJson(again))
          throw new CheckFailed(
            `parsed params parse to something else: ${canonicalJson(once)} became ${canonicalJson(again)}`,
          )
        if (!schema.safeParse(once).success)
          throw new CheckFailed("parsed params don't fit the JSON Schema of the manifest: avoid .transform() in params")
        if (
          await parse({ ...example.params, noSuchParam: 1 }).then(
            () => true,
            () => false,
          )
        )
          throw new CheckFailed("params that don't exist are taken: use z.strictObject")
      }
      return 'parse to themselves; unknown ones are refused'
    }),
}

const deterministic: ConformanceCheck = {
  name: 'deterministic',
  run: async (node) => {
    const [first, second] = [await runAll(node), await runAll(node)]
    const different = first.findIndex((outputs, index) => canonicalJson(outputs) !== canonicalJson(second[index]))
    if (different >= 0)
      throw new CheckFailed(
        `two runs of example ${different + 1} gave different outputs: use a seed in place of Math.random(), and no clock`,
      )
    return 'two runs in two processes give the same; outputs are what they promise'
  },
}

const cancellable: ConformanceCheck = {
  name: 'cancellable',
  run: async (node) => {
    const controller = new AbortController()
    const [prepared] = needExamples(node)
    if (prepared === undefined) return ''
    const { call, paths, readable } = await callOf(node, prepared, controller.signal)
    const running = await PluginProcess.start(node.plugin, readable, node.limits)
    const timer = setTimeout(() => controller.abort(), abortAfterMilliseconds)
    try {
      await callRun(running, node.plugin, node.described, call, { paths, readable, limits: node.limits })
      return controller.signal.aborted
        ? 'finished soon after it was told to stop'
        : 'finished before it could be told to stop'
    } catch (error) {
      // What it throws once it is told to stop is its way to stop; being ended by the host, or dying, is not.
      if (!controller.signal.aborted || hasEnded(error)) throw error
      return 'stopped when told to'
    } finally {
      clearTimeout(timer)
      await running.stop()
    }
  },
}

const fingerprinted: ConformanceCheck = {
  name: 'fingerprint',
  run: async (node) => {
    const readsPaths =
      node.plugin.permissions.read.includes(pathsOfParams) &&
      Object.values(fieldsOf(node)).some((field) => field.widget === 'path')
    if (!node.described.hasFingerprint && readsPaths)
      throw new CheckFailed(
        'it reads files named in its parameters but has no fingerprint(): its result would be reused after they have changed',
      )
    if (!node.described.hasFingerprint) throw new Skipped('reads nothing that could change')
    const proxy = proxyNode(node.plugin, node.described, node.limits)
    const [prepared] = needExamples(node)
    const params = prepared?.example.params ?? {}
    const [first, second] = [
      await proxy.fingerprint?.(params, node.context()),
      await proxy.fingerprint?.(params, node.context()),
    ]
    if (first !== second) throw new CheckFailed('two fingerprints of the same files differ')
    return 'the same while the files are'
  },
}

const noLeaks: ConformanceCheck = {
  name: 'no leaks',
  run: async (node) => {
    const [prepared] = needExamples(node)
    if (prepared === undefined) return ''
    const { call, paths, readable } = await callOf(node, prepared)
    const running = await PluginProcess.start(node.plugin, readable, node.limits)
    const once = (): Promise<unknown> =>
      callRun(running, node.plugin, node.described, call, { paths, readable, limits: node.limits })
    try {
      await repeat(once, warmUpRuns, node.leakMilliseconds / 4)
      const before = await usedMegabytes(running)
      const runs = await repeat(once, leakRuns, node.leakMilliseconds)
      const growth = (await usedMegabytes(running)) - before
      if (growth > allowedGrowthMegabytes)
        throw new CheckFailed(
          `its process grew by ${Math.round(growth)} MB over ${runs} runs: something outlives run()`,
        )
      return `${runs} runs in one process: ${growth < 1 ? 'no growth' : `${Math.round(growth)} MB`}`
    } finally {
      await running.stop()
    }
  },
}

const migrating: ConformanceCheck = {
  name: 'migrations',
  run: async (node) => {
    const { version, type } = node.described.manifest
    if (version === 1) throw new Skipped('first version')
    const proxy = proxyNode(node.plugin, node.described, node.limits)
    const steps = defineMigrations(`node type ${type}`, proxy.migrations ?? [])
    const missing = Array.from({ length: version - 1 }, (_, index) => index + 1).filter(
      (old) => !node.past.some((past) => past.version === old),
    )
    if (missing.length > 0)
      throw new CheckFailed(`conformance.json has no "past" params of version ${missing.join(', ')}`)
    for (const past of node.past) {
      const result = steps.apply(past.params, past.version)
      if (result.status === 'failed' || result.status === 'newer')
        throw new CheckFailed(
          result.status === 'failed' ? result.message : `version ${past.version} is newer than the node`,
        )
      const parsed = proxy.params.safeParse(result.value)
      if (!parsed.success)
        throw new CheckFailed(
          `params of version ${past.version} don't parse any more: ${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.message ?? ''}`,
        )
    }
    return `params of ${node.past.length} older versions are still read`
  },
}

/** Every promise that a node of a plugin keeps, in the order in which one would mend them. */
export const conformanceChecks: readonly ConformanceCheck[] = [
  documented,
  withExamples,
  paramsRoundTrip,
  deterministic,
  fingerprinted,
  cancellable,
  noLeaks,
  migrating,
]

/** Repeats some work as often as asked, or until it has taken long enough; gives how often. */
async function repeat(work: () => Promise<unknown>, times: number, milliseconds: number): Promise<number> {
  const started = performance.now()
  for (let done = 0; done < times; done++) {
    if (done >= fewestLeakRuns && performance.now() - started > milliseconds) return done
    await work()
  }
  return times
}

async function usedMegabytes(running: PluginProcess): Promise<number> {
  return z.number().parse(await running.call({ method: 'measure' })) / 2 ** 20
}

function needExamples({ examples }: NodeUnderTest): readonly PreparedExample[] {
  if (examples.length === 0) throw new Skipped('no example')
  return examples
}

/** Outputs of all examples, from one fresh process. */
async function runAll(node: NodeUnderTest): Promise<unknown[]> {
  const calls = await Promise.all(needExamples(node).map((prepared) => callOf(node, prepared)))
  return inProcess(
    node,
    async (running) => {
      const outputs: unknown[] = []
      for (const { call, paths, readable } of calls)
        outputs.push(
          await callRun(running, node.plugin, node.described, call, { paths, readable, limits: node.limits }),
        )
      return outputs
    },
    calls.flatMap(({ readable }) => readable),
  )
}

async function inProcess<Result>(
  node: NodeUnderTest,
  work: (running: PluginProcess) => Promise<Result>,
  readable: readonly string[] = [],
): Promise<Result> {
  const running = await PluginProcess.start(node.plugin, readable, node.limits)
  try {
    return await work(running)
  } finally {
    await running.stop()
  }
}
