import { useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { useDocument, useManifests } from '../document/store.js'
import { VirtualList } from '../ui/lists/VirtualList.js'
import { reasonsOf } from '../run/reasons.js'
import { useRunState } from '../run/run-store.js'

/** Why nodes were reused or run again, then what they said, newest last; one node or warnings only on request. */
export function LogPanel(): ReactElement {
  const state = useRunState()
  const document = useDocument()
  const manifests = useManifests()
  const [node, setNode] = useState('')
  const [warningsOnly, setWarningsOnly] = useState(false)
  const logs = useMemo(() => (state === null ? [] : [...reasonsOf(state), ...state.logs]), [state])
  const shown = useMemo(
    () => logs.filter((line) => (node === '' || line.node === node) && (!warningsOnly || line.level === 'warning')),
    [logs, node, warningsOnly],
  )
  const nameOf = (id: string): string =>
    document.nodes[id]?.title ?? manifests.get(document.nodes[id]?.type ?? '')?.title ?? id
  if (state === null) return <p className="panel-note">Messages from the nodes appear here during a run.</p>
  return (
    <div className="log-panel">
      <div className="log-filter">
        <label>
          Node{' '}
          <select className="select" value={node} onChange={(event) => setNode(event.target.value)}>
            <option value="">All</option>
            {Object.keys(state.nodes).map((id) => (
              <option key={id} value={id}>
                {nameOf(id)}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={warningsOnly} onChange={(event) => setWarningsOnly(event.target.checked)} />{' '}
          Warnings only
        </label>
      </div>
      {shown.length === 0 ? (
        <p className="panel-note">{logs.length === 0 ? 'No messages yet.' : 'No message matches the filter.'}</p>
      ) : (
        <VirtualList
          label="Log"
          items={shown}
          itemHeight={24}
          follow
          keyOf={(line) => `${line.sequence} ${line.node ?? ''}`}
          render={(line) => (
            <div className={`log-line log-${line.level}`} title={line.message}>
              <time className="numeric">{line.time.slice(11, 19)}</time>
              <span className="log-node">{line.node === undefined ? '' : nameOf(line.node)}</span>
              <span className="log-text">
                {line.level === 'warning' && <span className="visually-hidden">Warning: </span>}
                {line.message}
              </span>
            </div>
          )}
        />
      )}
    </div>
  )
}
