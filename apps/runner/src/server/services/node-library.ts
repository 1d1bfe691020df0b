import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { GraphDocument, NodeManifest, Problem } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import type { Home } from '../../home.js'
import { pluginsFolder } from '../../plugins/install/places.js'
import { loadPlugins } from '../../plugins/load-plugins.js'
import { isPluginNode } from '../../executor/plan/plugin-node.js'

/** For questions about a document that uses plugins. One that hangs is ended after 10 s, by whom it hangs. */
export const pluginMilliseconds = 30_000

/** The node types that there are at the moment. */
export interface KnownNodes {
  readonly library: readonly NodeDefinition[]
  readonly manifests: readonly NodeManifest[]
}

export interface NodeLibraryOptions {
  readonly builtIn: readonly NodeDefinition[]
  readonly home: Pick<Home, 'root'>
  /** Told after plugins came, went or changed: processes that know the old ones have to be replaced. */
  onChange(nodes: KnownNodes): void
  /** Plugins that can't be used, each with the reason. */
  onProblem(problem: Problem): void
}

/**
 * The built-in node types and those of the approved plugins. `graft plugin add` and `remove` are other processes, so
 * every reader gets what is approved now: looking costs one listing of a small folder, and plugins are read again only
 * when it has changed.
 */
export class NodeLibrary {
  private known: KnownNodes
  private signature = ''
  private loading: Promise<KnownNodes> | null = null

  constructor(private readonly options: NodeLibraryOptions) {
    this.known = describe(options.builtIn)
  }

  /** As of the last reading. */
  get latest(): KnownNodes {
    return this.known
  }

  /** Never throws for a plugin; while plugins are being read, all readers wait for the same reading. */
  read(): Promise<KnownNodes> {
    this.loading ??= this.refresh().finally(() => {
      this.loading = null
    })
    return this.loading
  }

  private async refresh(): Promise<KnownNodes> {
    const signature = await signatureOf(pluginsFolder(this.options.home))
    if (signature === this.signature) return this.known
    const { builtIn, home, onChange, onProblem } = this.options
    const { definitions, problems } = await loadPlugins({ library: builtIn, home })
    this.signature = signature
    this.known = describe([...builtIn, ...definitions])
    for (const problem of problems) onProblem(problem)
    onChange(this.known)
    return this.known
  }
}

/**
 * Whether a document uses nodes whose rules are a plugin's: those are asked elsewhere than in the server's own process.
 */
export function usesPlugins(document: GraphDocument, { library }: KnownNodes): boolean {
  const types = new Set(Object.values(document.nodes).map(({ type }) => type))
  return library.some((definition) => types.has(definition.type) && isPluginNode(definition))
}

function describe(library: readonly NodeDefinition[]): KnownNodes {
  return { library, manifests: library.map(manifestOf) }
}

/** Changes with every approval: its record is written again each time. */
async function signatureOf(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).sort()
  const parts = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null)
      return `${name} ${found?.ino ?? ''} ${found?.size ?? ''} ${found?.mtimeMs ?? ''}`
    }),
  )
  return parts.join('\n')
}
