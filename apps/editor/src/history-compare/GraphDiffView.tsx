import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { useManifests } from '../document/store.js'
import { diffGraphs, isSameGraph } from './graph-diff.js'
import { explainStructure } from './structure-words.js'

/** The differences of two graphs as a list: nodes, their fields, wires. */
export function GraphDiffView({
  before,
  after,
}: {
  readonly before: GraphDocument
  readonly after: GraphDocument
}): ReactElement {
  const manifests = useManifests()
  const diff = diffGraphs(before, after)
  const nodeName = (document: GraphDocument, id: string): string => {
    const node = nodeOf(document, id)
    return node?.title ?? manifests.get(node?.type ?? '')?.title ?? id
  }
  const { places, wires } = explainStructure(diff, before, after, nodeName)
  const isLeft = (edge: GraphEdge): boolean => !wires.has(edge)
  if (isSameGraph(diff)) return <p className="muted">None: both ran the same graph.</p>
  return (
    <ul className="diff">
      {diff.nodes.map(({ id, node, kind, params, notes }) => (
        <li key={id} className={`diff-${kind}`}>
          <p>
            <span className="diff-mark" aria-hidden="true">
              {{ added: '+', removed: '−', changed: '~' }[kind]}
            </span>
            <b>{node.title ?? manifests.get(node.type)?.title ?? node.type}</b> <code>{id}</code>{' '}
            {kind === 'changed' ? notes.join(', ') : (places.get(id) ?? kind)}
          </p>
          {params.length > 0 && (
            <ul>
              {params.map(({ path, before, after }) => (
                <li key={path}>
                  <code>{path}</code> <del>{show(before)}</del> <span aria-hidden="true">→</span>
                  <span className="visually-hidden"> became </span> <ins>{show(after)}</ins>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
      {diff.edgesAdded.filter(isLeft).map((edge) => (
        <WireLine key={`+ ${nameOf(edge)}`} edge={edge} kind="added" />
      ))}
      {diff.edgesRemoved.filter(isLeft).map((edge) => (
        <WireLine key={`- ${nameOf(edge)}`} edge={edge} kind="removed" />
      ))}
    </ul>
  )
}

function WireLine({ edge, kind }: { readonly edge: GraphEdge; readonly kind: 'added' | 'removed' }): ReactElement {
  return (
    <li className={`diff-${kind}`}>
      <p>
        <span className="diff-mark" aria-hidden="true">
          {kind === 'added' ? '+' : '−'}
        </span>
        wire <code>{nameOf(edge)}</code> {kind}
      </p>
    </li>
  )
}

const nameOf = ({ from, to }: GraphEdge): string => `${from.node}.${from.port} → ${to.node}.${to.port}`

function show(value: unknown): string {
  if (value === undefined) return 'default'
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
