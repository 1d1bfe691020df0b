import type { NodeRunState, RunState } from '@graft/graph-schema'
import { useRef } from 'react'
import type { ReactElement } from 'react'
import { editor, useDocument, useManifests } from '../document/store.js'
import { duration, timeLeft, whole } from '../ui/format.js'
import { createRateMeter } from '../run/rate-meter.js'
import type { RateMeter } from '../run/rate-meter.js'
import { rateText } from '../run/run-progress.js'

const statusWords: Readonly<Record<NodeRunState['status'], string>> = {
  idle: 'not yet run',
  queued: 'waiting',
  running: 'running',
  cached: 'reused',
  done: 'done',
  failed: 'failed',
  skipped: 'not run',
}

/** The nodes of a run in their order, with what each is doing; choosing one selects it on the canvas. */
export function NodeList({ state }: { readonly state: RunState }): ReactElement {
  const meters = useRef(new Map<string, RateMeter>())
  const rateOf = (id: string, { progress }: NodeRunState): number | null => {
    if (progress === undefined) return null
    const key = `${id} ${progress.unit}`
    const meter = meters.current.get(key) ?? createRateMeter()
    meters.current.set(key, meter)
    return meter.take(progress.done, performance.now())
  }
  const document = useDocument()
  const manifests = useManifests()
  return (
    <ol className="node-list" aria-label="Nodes of this run">
      {Object.entries(state.nodes).map(([id, node]) => {
        const own = document.nodes[id]
        const title = own?.title ?? manifests.get(own?.type ?? '')?.title ?? id
        return (
          <li key={id}>
            <button
              type="button"
              className={`node-row node-row-${node.status}`}
              disabled={own === undefined}
              onClick={() => editor.select({ nodes: [id] })}
              {...(node.reason !== undefined && { title: node.reason })}
            >
              <span className="node-row-mark" aria-hidden="true" />
              <span className="node-row-title">{title}</span>
              <span className="node-row-note numeric">
                {noteOf(node, node.status === 'running' ? rateOf(id, node) : null)}
              </span>
              {node.status === 'running' && node.progress !== undefined && node.progress.total > 0 && (
                <span className="node-row-bar">
                  <span style={{ inlineSize: `${Math.min(100, (100 * node.progress.done) / node.progress.total)}%` }} />
                </span>
              )}
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function noteOf({ status, progress, milliseconds }: NodeRunState, rate: number | null): string {
  if (status === 'running' && progress !== undefined)
    return `${whole(progress.done)}/${whole(progress.total)} ${progress.unit}${rate === null ? '' : `, ${rateText(progress, rate)}`}${progress.etaSeconds === null ? '' : `, ${timeLeft(progress.etaSeconds)} left`}`
  if (status === 'done' && milliseconds !== undefined) return duration(milliseconds / 1000)
  return statusWords[status]
}
