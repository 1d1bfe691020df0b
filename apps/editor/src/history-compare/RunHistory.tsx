import { lazy, Suspense, useState } from 'react'
import type { ReactElement } from 'react'
import type { RunSummary } from '@graft/graph-schema'
import { useEditor } from '../document/store.js'
import { Button } from '../ui/Button.js'
import { VirtualList } from '../ui/lists/VirtualList.js'
import { toggleCompared } from './run-list.js'
import { RunHeadings, RunRow } from './RunRow.js'
import { newestFirst, sortRuns } from './sort-runs.js'
import { useRunList } from './use-run-list.js'
import './history.css'

const Compare = lazy(() => import('./Compare.js').then(({ Compare: component }) => ({ default: component })))

/** All runs, of this graph or of all: show one on the canvas, name it, select some to compare them. */
export function RunHistory(): ReactElement {
  const graphId = useEditor((state) => state.origin?.graphId ?? null)
  const draft = useEditor((state) => state.draft)
  const [onlyThis, setOnlyThis] = useState(graphId !== null)
  const ofThis = graphId !== null ? `graph ${graphId}` : draft !== null ? `draft ${draft}` : null
  const { list, status, error, more, act } = useRunList(onlyThis ? ofThis : null)
  const [order, setOrder] = useState(newestFirst)
  const [compared, setCompared] = useState<readonly string[]>([])
  const [comparing, setComparing] = useState<readonly RunSummary[] | null>(null)
  const pair = compared.flatMap((id) => list.find((run) => run.id === id) ?? [])
  if (comparing !== null)
    return (
      <Suspense
        fallback={
          <p className="panel-note" role="status">
            Loading…
          </p>
        }
      >
        <Compare runs={comparing} onClose={() => setComparing(null)} />
      </Suspense>
    )
  return (
    <section className="history" aria-label="Runs">
      <header className="history-header">
        <h3>Runs</h3>
        {ofThis !== null && (
          <label className="check">
            <input type="checkbox" checked={onlyThis} onChange={(event) => setOnlyThis(event.target.checked)} /> Only
            this graph
          </label>
        )}
        <span className="history-space" />
        <span className="muted">
          {pair.length === 0 ? 'Select runs to compare' : pair.length === 1 ? 'Select at least one more' : ''}
        </span>
        <Button size="s" icon="compare" disabled={pair.length < 2} onClick={() => setComparing(inTime(pair))}>
          Compare
        </Button>
      </header>
      {status === 'failed' && (
        <p className="panel-note" role="alert">
          {error}
        </p>
      )}
      {status === 'loading' && (
        <p className="panel-note" role="status">
          Loading…
        </p>
      )}
      {status === 'ready' && list.length === 0 && (
        <p className="panel-note">
          No runs yet. Each one is kept here with its graph, so that it can be compared and opened again.
        </p>
      )}
      {list.length > 0 && <RunHeadings order={order} onOrder={setOrder} />}
      {list.length > 0 && (
        <VirtualList
          label="Runs"
          items={sortRuns(list, order)}
          itemHeight={48}
          keyOf={(run) => run.id}
          render={(run) => (
            <RunRow
              run={run}
              isCompared={compared.includes(run.id)}
              onCompare={() => setCompared(toggleCompared(compared, run.id))}
              act={act}
            />
          )}
        />
      )}
      {more !== null && (
        <Button size="s" className="history-more" onClick={more}>
          Older runs
        </Button>
      )}
    </section>
  )
}

/** The earliest first: it is what later ones are measured against. */
const inTime = (runs: readonly RunSummary[]): readonly RunSummary[] =>
  runs.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
