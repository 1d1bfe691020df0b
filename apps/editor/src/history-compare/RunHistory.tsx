import { lazy, Suspense, useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { RunSummary } from '@graft/graph-schema'
import { useEditor } from '../document/store.js'
import { isOver } from '../run/run-session.js'
import { ago, duration, scoreText } from '../ui/format.js'
import { useRunView } from '../run/run-store.js'
import { Button, IconButton } from '../ui/Button.js'
import { VirtualList } from '../ui/lists/VirtualList.js'
import { secondsOf, toggleCompared } from './run-list.js'
import { showRun } from './show-run.js'
import { useRunList } from './use-run-list.js'
import './history.css'

const Compare = lazy(() => import('./Compare.js').then(({ Compare: component }) => ({ default: component })))

const statusWords: Readonly<Record<RunSummary['status'], string>> = {
  queued: 'waiting',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}

/** All runs, of this graph or of all: show one on the canvas, tick two to compare them. */
export function RunHistory(): ReactElement {
  const graphId = useEditor((state) => state.origin?.graphId ?? null)
  const [onlyThis, setOnlyThis] = useState(graphId !== null)
  const { list, status, error, more, act } = useRunList(onlyThis ? graphId : null)
  const [compared, setCompared] = useState<readonly string[]>([])
  const [comparing, setComparing] = useState<readonly [RunSummary, RunSummary] | null>(null)
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
        <Compare pair={comparing} onClose={() => setComparing(null)} />
      </Suspense>
    )
  return (
    <section className="history" aria-label="Runs">
      <header className="history-header">
        <h3>Runs</h3>
        {graphId !== null && (
          <label className="check">
            <input type="checkbox" checked={onlyThis} onChange={(event) => setOnlyThis(event.target.checked)} /> Only
            this graph
          </label>
        )}
        <span className="history-space" />
        <span className="muted">
          {pair.length === 0 ? 'Select two runs to compare' : pair.length === 1 ? 'Select one more' : ''}
        </span>
        <Button
          size="s"
          icon="compare"
          disabled={pair.length !== 2}
          onClick={() => pair[0] !== undefined && pair[1] !== undefined && setComparing(inTime(pair[0], pair[1]))}
        >
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
      {list.length > 0 && (
        <VirtualList
          label="Runs"
          items={list}
          itemHeight={44}
          keyOf={(run) => run.id}
          render={(run) => (
            <Row
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

/** The earlier one first: it is what the later one is measured against. */
function inTime(a: RunSummary, b: RunSummary): readonly [RunSummary, RunSummary] {
  return a.createdAt <= b.createdAt ? [a, b] : [b, a]
}

interface RowProps {
  readonly run: RunSummary
  readonly isCompared: boolean
  readonly onCompare: () => void
  readonly act: ReturnType<typeof useRunList>['act']
}

function Row({ run, isCompared, onCompare, act }: RowProps): ReactElement {
  const shown = useRunView().runId === run.id
  const now = useNow(!isOver(run.status))
  const seconds = secondsOf(run, now)
  const show = (): void => void showRun(run)
  return (
    <div className={`run-row${shown ? ' run-row-shown' : ''}`}>
      <input
        type="checkbox"
        checked={isCompared}
        onChange={onCompare}
        aria-label={`Compare the run of ${run.graphName}, ${ago(run.createdAt, now)}`}
      />
      <span className={`status-pill status-${run.status}`}>{statusWords[run.status]}</span>
      <button type="button" className="run-row-name" onClick={show} title={run.problem?.message ?? 'Show this run'}>
        {run.graphName}
      </button>
      <span className="run-row-score numeric">
        {run.headline === undefined ? (
          ''
        ) : (
          <>
            <b title={run.headline.metric.title}>{scoreText(run.headline.metric, run.headline.value)}</b>{' '}
            <small>{run.headline.split}</small>
          </>
        )}
      </span>
      <span className="run-row-when">{ago(run.createdAt, now)}</span>
      <span className="run-row-time numeric">{seconds === null ? '' : duration(seconds)}</span>
      <span className="run-row-actions">
        {['interrupted', 'failed', 'cancelled'].includes(run.status) && (
          <IconButton icon="redo" size="s" label="Resume" onClick={() => act('resume', run.id)} />
        )}
        {run.status === 'queued' && (
          <IconButton icon="arrowRight" size="s" label="Run next" onClick={() => act('front', run.id)} />
        )}
        {!isOver(run.status) && (
          <IconButton icon="stop" size="s" label="Cancel" onClick={() => act('cancel', run.id)} />
        )}
        {isOver(run.status) && (
          <IconButton icon="open" size="s" label="Open the graph of this run" onClick={() => act('open', run.id)} />
        )}
        {isOver(run.status) && (
          <IconButton icon="trash" size="s" label="Delete this run" onClick={() => act('delete', run.id)} />
        )}
      </span>
    </div>
  )
}

function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ticking ? 1000 : 30_000)
    return () => clearInterval(timer)
  }, [ticking])
  return now
}
