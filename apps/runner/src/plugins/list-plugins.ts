import type { Problem } from '@graft/graph-schema'
import { findHome } from '../home.js'
import { pluginsFolder } from './install/places.js'
import { installedNames, readRecord } from './install/records.js'
import { loadPlugins } from './load-plugins.js'
import type { LoadPluginsOptions } from './load-plugins.js'
import type { PluginPermissions } from './manifest/plugin-manifest.js'

/** An installed plugin, for people. */
export interface PluginOverview {
  readonly name: string
  readonly version: string
  readonly origin: string
  readonly linked: boolean
  readonly approved: string
  readonly contentHash: string
  readonly permissions: PluginPermissions | null
  /** Its node types, named as in graphs. */
  readonly nodes: readonly string[]
  /** Why it can't be used; null when it can. */
  readonly problem: Problem | null
}

/** Every plugin that lies in `$GRAFT_HOME`, whether it can be used or not. Starts none of them. */
export async function listPlugins(options: LoadPluginsOptions = {}): Promise<readonly PluginOverview[]> {
  const folder = pluginsFolder(options.home ?? findHome())
  const { definitions, refused } = await loadPlugins(options)
  return Promise.all(
    (await installedNames(folder)).map(async (name): Promise<PluginOverview> => {
      const record = await readRecord(folder, name)
      const usable = definitions.some(({ plugin }) => plugin.name === name)
      const problem = usable ? null : (refused.get(name) ?? null)
      if (record === null || record === 'damaged')
        return {
          name,
          version: '',
          origin: '',
          linked: false,
          approved: '',
          contentHash: '',
          permissions: null,
          nodes: [],
          problem,
        }
      const { version, origin, linked, approved, contentHash, permissions } = record
      return {
        name,
        version,
        origin,
        linked,
        approved,
        contentHash,
        permissions,
        nodes: record.nodes.map(({ manifest }) => `${name}/${manifest.type}`),
        problem,
      }
    }),
  )
}
