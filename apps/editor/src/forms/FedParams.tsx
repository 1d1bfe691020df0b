import type { NodeManifest } from '@graft/graph-schema'
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { connect } from '../document/commands/edges.js'
import { dispatch, useEditor, useManifests } from '../document/store.js'
import { Button } from '../ui/Button.js'
import { type FedParam, paramsFor } from './fed-params.js'

export interface FedParamsProps {
  readonly nodeId: string
  readonly manifest: NodeManifest
  /** What the node gave in the last run. */
  readonly outputs: Readonly<Record<string, unknown>> | undefined
}

/** The numbers that a node found, and for each a button that wires it to where it is meant for. */
export function FedParams({ nodeId, manifest, outputs = {} }: FedParamsProps): ReactElement | null {
  const numbers = Object.entries(manifest.outputs).flatMap(([port, { feeds, title }]) => {
    const value = outputs[port]
    return feeds === undefined || typeof value !== 'number' ? [] : [{ port, feeds, title, value }]
  })
  if (numbers.length === 0) return null
  return (
    <section className="fed-params" aria-label="Suggestions">
      {numbers.map(({ port, feeds, title, value }) => (
        <Suggestion key={port} nodeId={nodeId} port={port} feeds={feeds} title={title} value={value} />
      ))}
    </section>
  )
}

interface SuggestionProps {
  readonly nodeId: string
  readonly port: string
  readonly feeds: string
  readonly title: string
  readonly value: number
}

function Suggestion({ nodeId, port, feeds, title, value }: SuggestionProps): ReactElement {
  const document = useEditor((state) => state.document)
  const manifests = useManifests()
  const open = useMemo(() => paramsFor(document, manifests, nodeId, feeds), [document, manifests, nodeId, feeds])
  const wire = ({ node, param }: FedParam): void =>
    dispatch(connect(document, manifests, { node: nodeId, port }, { node, port: param }))
  return (
    <>
      <p>
        {title}: <strong>{value}</strong>
      </p>
      {open.map((param) => (
        <Button key={param.node} size="s" icon="check" onClick={() => wire(param)}>
          Use for {param.label}
        </Button>
      ))}
    </>
  )
}
