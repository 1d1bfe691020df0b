import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { emptyDocument } from '@graft/graph-schema'
import type { BlobStore, PluginContext } from '@graft/nodes'
import { createPathResolver } from '../../executor/resolve-path.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import type { PluginLimits } from '../host/limits.js'
import { findSource } from '../install/source.js'
import { describeStaged, stagePlugin } from '../install/stage-plugin.js'
import type { StagedPlugin } from '../install/stage-plugin.js'
import type { DescribedNode } from '../manifest/described-node.js'
import { conformanceChecks } from './checks.js'
import { Skipped } from './conformance-check.js'
import type { ConformanceResult, NodeUnderTest } from './conformance-check.js'
import { inputsOf, readExamples } from './examples.js'
import type { Examples } from './examples.js'

export interface TestPluginOptions {
  readonly limits?: Partial<PluginLimits>
  /** How long to go on looking for leaks in a slow node. */
  readonly leakMilliseconds?: number
}

/**
 * Tests whether a plugin keeps the promises of a plugin, from a copy of it as `graft plugin add` would install it, with
 * the permissions that it asks for. Nothing is installed. Throws PluginError only when there is nothing to test.
 */
export async function testPlugin(
  given: string,
  { limits = {}, leakMilliseconds = 20_000 }: TestPluginOptions = {},
): Promise<readonly ConformanceResult[]> {
  const temporary = await mkdtemp(join(tmpdir(), 'graft-plugin-test-'))
  try {
    const { folder, origin } = await findSource(given, temporary)
    const plugins = join(temporary, 'plugins')
    await mkdir(plugins)
    const whole: ConformanceResult[] = []
    const staged = await attempt(
      whole,
      'manifest',
      () => stagePlugin(folder, plugins, false, origin),
      ({ manifest }) => `${manifest.name} ${manifest.version}`,
    )
    if (staged === null) return whole
    const nodes = await attempt(
      whole,
      'loads',
      () => describeStaged(staged, limits),
      (described) => `${described.length} node ${described.length === 1 ? 'type' : 'types'}`,
    )
    const examples = await attempt(
      whole,
      'conformance.json',
      () => readExamples(staged.plugin.folder),
      (found) => `${found.examples.length} examples, ${found.past.length} older params`,
    )
    if (nodes === null || examples === null) return whole
    return [
      ...whole,
      ...unknownNodes(nodes, examples),
      ...(await testNodes(staged, nodes, examples, openBlobStore(join(temporary, 'store')), {
        limits,
        leakMilliseconds,
      })),
    ]
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function attempt<Result>(
  results: ConformanceResult[],
  check: string,
  work: () => Promise<Result>,
  describe: (result: Result) => string,
): Promise<Result | null> {
  try {
    const result = await work()
    results.push({ node: null, check, outcome: 'passed', detail: describe(result) })
    return result
  } catch (error) {
    results.push({ node: null, check, outcome: 'failed', detail: textOf(error) })
    return null
  }
}

function unknownNodes(nodes: readonly DescribedNode[], { examples, past }: Examples): ConformanceResult[] {
  const types = nodes.map(({ manifest }) => manifest.type)
  const unknown = [...new Set([...examples, ...past].map(({ node }) => node).filter((node) => !types.includes(node)))]
  return unknown.map((node) => ({
    node,
    check: 'examples',
    outcome: 'failed',
    detail: `conformance.json has examples of "${node}", which the plugin does not have`,
  }))
}

async function testNodes(
  { plugin }: StagedPlugin,
  nodes: readonly DescribedNode[],
  { examples, past }: Examples,
  store: BlobStore,
  options: Required<TestPluginOptions>,
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for (const described of nodes) {
    const { type } = described.manifest
    try {
      const prepared = await Promise.all(
        examples
          .filter(({ node }) => node === type)
          .map(async (example) => ({ example, inputs: await inputsOf(example, plugin.folder, store) })),
      )
      results.push(
        ...(await testNode({
          plugin,
          described,
          examples: prepared,
          past: past.filter(({ node }) => node === type),
          ...options,
          context: contextFor(plugin.folder, store),
        })),
      )
    } catch (error) {
      results.push({ node: type, check: 'examples', outcome: 'failed', detail: textOf(error) })
    }
  }
  return results
}

async function testNode(node: NodeUnderTest): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for (const check of conformanceChecks) {
    const at = { node: node.described.manifest.type, check: check.name }
    try {
      results.push({ ...at, outcome: 'passed', detail: await check.run(node) })
    } catch (error) {
      results.push({ ...at, outcome: error instanceof Skipped ? 'skipped' : 'failed', detail: textOf(error) })
    }
  }
  return results
}

/** Paths in examples start at the plugin's folder. */
function contextFor(folder: string, store: BlobStore): (signal?: AbortSignal) => PluginContext {
  const resolvePath = createPathResolver({ base: folder })
  return (signal = new AbortController().signal) => ({
    nodeId: 'example',
    signal,
    store,
    resolvePath,
    document: emptyDocument('example'),
    emit: () => undefined,
  })
}
