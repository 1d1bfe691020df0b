import type { GraphDocument, GraphNode, NodeManifest } from '@graft/graph-schema'

/** What a run is about, in a word or two, for lists. */
export interface GraphFacts {
  readonly data?: string
  readonly network?: string
}

const longest = 120

/** The first data set and the first network of a graph: a folder's name, a network's, else what the node is called. */
export function factsOfGraph({ nodes, edges }: GraphDocument, manifests: readonly NodeManifest[]): GraphFacts {
  const fed = new Set(edges.map(({ to }) => to.node))
  const first = (kind: 'dataset' | 'model'): string | undefined => {
    for (const [id, node] of Object.entries(nodes)) {
      const manifest = manifests.find(({ type }) => type === node.type)
      if (manifest === undefined || fed.has(id)) continue
      if (!Object.values(manifest.outputs).some((output) => output.kind === kind)) continue
      return (sourceOf(node, manifest) ?? node.title ?? manifest.title).slice(0, longest)
    }
    return undefined
  }
  const [data, network] = [first('dataset'), first('model')]
  return { ...(data !== undefined && { data }), ...(network !== undefined && { network }) }
}

/** The last part of the path or name that a node was given; of a file called `model`, its folder. */
function sourceOf({ params }: GraphNode, manifest: NodeManifest): string | undefined {
  const fields = Object.entries((manifest.params['properties'] ?? {}) as Record<string, { readonly widget?: string }>)
  const field = fields.find(([, { widget }]) => widget === 'path' || widget === 'backbone')?.[0]
  const value = field === undefined ? undefined : params[field]
  if (typeof value !== 'string' || value === '') return undefined
  const parts = value.split(/[/\\]/).filter((part) => part !== '')
  const last = parts.at(-1) ?? value
  return /^model\.\w+$/i.test(last) ? (parts.at(-2) ?? last) : last
}
