import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { fieldsFromSchema } from './fields/fields-from-schema.js'

/** A parameter of another node that a number is meant for. */
export interface FedParam {
  readonly node: string
  readonly param: string
  /** `Train: Learning rate`. */
  readonly label: string
}

/** Where a number output could be wired to by what it says it is meant for; what is wired there already is left out. */
export function paramsFor(
  { nodes, edges }: Pick<GraphDocument, 'nodes' | 'edges'>,
  manifests: ReadonlyMap<string, NodeManifest>,
  source: string,
  param: string,
): readonly FedParam[] {
  const isFed = (node: string): boolean => edges.some(({ to }) => to.node === node && to.port === param)
  return Object.entries(nodes).flatMap(([id, { type, title }]) => {
    const manifest = manifests.get(type)
    if (id === source || manifest === undefined || isFed(id)) return []
    const hasOutput = Object.values(manifest.outputs).some(({ feeds }) => feeds === param)
    const field = fieldsFromSchema(manifest.params).find(({ path, widget }) => path === param && widget === 'number')
    if (field === undefined || hasOutput) return []
    return [{ node: id, param, label: `${title ?? manifest.title}: ${field.title}` }]
  })
}
