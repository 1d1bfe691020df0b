import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { textOf } from '@graft/errors'
import type { Problem } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { findHome } from '../home.js'
import type { Home } from '../home.js'
import type { PluginLimits } from './host/limits.js'
import { hashPluginFolder } from './install/list-files.js'
import { pluginsFolder, preparePluginsFolder } from './install/places.js'
import { installedNames, readRecord } from './install/records.js'
import type { PluginRecord } from './install/records.js'
import { isPluginNode } from '../executor/plan/plugin-node.js'
import type { PluginNodeDefinition } from '../executor/plan/plugin-node.js'
import { proxyNode } from './node/proxy-node.js'
import { PluginError, problemOfPlugin } from './plugin-error.js'

export interface LoadPluginsOptions {
  readonly home?: Pick<Home, 'root'>
  /** Node types that are there already; plugins can't take their names. */
  readonly library?: readonly NodeDefinition[]
  readonly limits?: Partial<PluginLimits>
}

export interface LoadedPlugins {
  readonly definitions: readonly PluginNodeDefinition[]
  /** Why plugins can't be used, by their names; the others can. */
  readonly refused: ReadonlyMap<string, Problem>
  /** The same for those who don't ask for one plugin. */
  readonly problems: readonly Problem[]
}

/**
 * The node types of all approved plugins of `$GRAFT_HOME`, to be appended to the library. Starts no plugin: what their
 * nodes look like was recorded when they were approved, and the approval holds only while their content is the same.
 * Never throws for a plugin.
 */
export async function loadPlugins(options: LoadPluginsOptions = {}): Promise<LoadedPlugins> {
  const folder = pluginsFolder(options.home ?? findHome())
  const names = await installedNames(folder)
  if (names.length === 0) return { definitions: [], refused: new Map(), problems: [] }
  const refused = new Map<string, Problem>()
  const definitions: PluginNodeDefinition[] = []
  for (const name of names) {
    try {
      const found = await loadPlugin(folder, name, options.limits)
      for (const definition of found) refuseDuplicate(definition, [...(options.library ?? []), ...definitions])
      definitions.push(...found)
    } catch (error) {
      refused.set(name, problemOfPlugin(asPluginError(error, name), 'warning'))
    }
  }
  if (definitions.length > 0) await preparePluginsFolder(folder).catch(() => undefined)
  return { definitions, refused, problems: [...refused.values()] }
}

async function loadPlugin(
  plugins: string,
  name: string,
  limits?: Partial<PluginLimits>,
): Promise<PluginNodeDefinition[]> {
  const record = await readRecord(plugins, name)
  const folder = join(plugins, name)
  if (record === null || record === 'damaged') {
    const how = record === null ? 'was never approved' : "has an approval that can't be read"
    throw new PluginError(
      'plugin-not-approved',
      `Plugin "${name}" lies in ${folder}, but ${how}, so it isn't used.`,
      `Add it again: \`graft plugin add PATH\`; or remove it: \`graft plugin remove ${name}\`.`,
    )
  }
  await checkContent(folder, record)
  const plugin = {
    name,
    version: record.version,
    permissions: record.permissions,
    folder,
    main: resolve(folder, record.main),
    linked: record.linked,
    contentHash: record.contentHash,
  }
  return record.nodes.map((node) => proxyNode(plugin, node, limits))
}

async function checkContent(folder: string, record: PluginRecord): Promise<void> {
  const again = `\`graft plugin add ${record.linked ? '--link ' : ''}${record.origin}\``
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new PluginError(
      'plugin-missing',
      `The folder of plugin "${record.name}" is gone (${folder}).`,
      `Add it again: ${again}; or remove it: \`graft plugin remove ${record.name}\`.`,
    )
  }
  if ((await hashPluginFolder(await realpath(folder))) !== record.contentHash) {
    throw new PluginError(
      'plugin-changed',
      `Plugin "${record.name}" ${record.version} has changed since it was approved, so it isn't used.`,
      `Look at what changed, then approve it again: ${again}.`,
    )
  }
}

function refuseDuplicate(definition: PluginNodeDefinition, known: readonly NodeDefinition[]): void {
  const other = known.find(({ type }) => type === definition.type)
  if (other === undefined) return
  const origin = isPluginNode(other) ? `plugin "${other.plugin.name}" ${other.plugin.version}` : 'Graft itself'
  throw new PluginError(
    'plugin-duplicate',
    `Node type "${definition.type}" of plugin "${definition.plugin.name}" ${definition.plugin.version} is there already: it comes from ${origin}.`,
    `Remove one of them: \`graft plugin remove ${definition.plugin.name}\`.`,
  )
}

function asPluginError(error: unknown, name: string): PluginError {
  if (error instanceof PluginError) return error
  return new PluginError(
    'plugin-broken',
    `Plugin "${name}" can't be used: ${textOf(error)}.`,
    `Add it again, or remove it: \`graft plugin remove ${name}\`.`,
  )
}
