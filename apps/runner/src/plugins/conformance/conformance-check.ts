import type { PluginContext } from '@graft/nodes'
import type { DescribedNode } from '../manifest/described-node.js'
import { literalPaths, pathsOf, imageFolders, withRealPaths } from '../node/grants.js'
import type { InstalledPlugin } from '../node/proxy-node.js'
import type { PluginCallOfNode } from '../node/run-in-plugin.js'
import type { Example, Examples } from './examples.js'
import type { PluginLimits } from '../host/limits.js'

/** One line of the table. */
export interface ConformanceResult {
  /** Null: the plugin as a whole. */
  readonly node: string | null
  readonly check: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What was seen, and for a failure what to do. */
  readonly detail: string
}

/** An example with its inputs in the store. */
export interface PreparedExample {
  readonly example: Example
  readonly inputs: Readonly<Record<string, unknown>>
}

/** What a check of one node works with. */
export interface NodeUnderTest {
  readonly plugin: InstalledPlugin
  readonly described: DescribedNode
  readonly examples: readonly PreparedExample[]
  readonly past: Examples['past']
  readonly limits: Partial<PluginLimits>
  /** How long to go on looking for leaks in a slow node. */
  readonly leakMilliseconds: number
  context(signal?: AbortSignal): PluginContext
}

/**
 * Gives what was seen; throws CheckFailed (or anything else) when a promise is broken, Skipped when there is nothing to
 * check.
 */
export interface ConformanceCheck {
  readonly name: string
  run(node: NodeUnderTest): Promise<string>
}

export class CheckFailed extends Error {
  override readonly name = 'CheckFailed'
}
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** What is needed to run an example, with the same rights as in a graph. */
export async function callOf(
  node: NodeUnderTest,
  { example, inputs }: PreparedExample,
  signal?: AbortSignal,
): Promise<{
  readonly call: PluginCallOfNode
  readonly paths: Record<string, string>
  readonly readable: string[]
}> {
  const context = node.context(signal)
  const { permissions } = node.plugin
  const paths = pathsOf(example.params, node.described.manifest, permissions, context)
  const readable = withRealPaths([
    ...literalPaths(permissions),
    ...Object.values(paths),
    ...(await imageFolders(inputs, permissions, context.store)),
  ])
  return { call: { params: example.params, inputs, context }, paths, readable }
}
