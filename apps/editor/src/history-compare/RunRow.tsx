import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { RunSummary } from '@graft/graph-schema'
import { isOver } from '../run/run-session.js'
import { useRunView } from '../run/run-store.js'
import { useRunSeconds } from '../run/use-run-seconds.js'
import { IconButton } from '../ui/Button.js'
import { ago, duration, scoreText } from '../ui/format.js'
import { DescribeRun } from './DescribeRun.js'
import { showRun } from './show-run.js'
import { nameOfRun, orderRunsBy, runColumns } from './sort-runs.js'
import type { RunColumn, RunOrder } from './sort-runs.js'
import type { useRunList } from './use-run-list.js'

const statusWords: Readonly<Record<RunSummary['status'], string>> = {
  queued: 'waiting',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}
const headings: Readonly<Record<RunColumn, string>> = {
  status: 'Status',
  name: 'Name',
  data: 'Data set',
  network: 'Network',
  score: 'Score',
  when: 'Started',
  time: 'Took',
}

/** The headings of the list; each sorts by its column. */
export function RunHeadings({
  order,
  onOrder,
}: {
  readonly order: RunOrder
  readonly onOrder: (order: RunOrder) => void
}): ReactElement {
  return (
    <div className="run-row run-headings" role="group" aria-label="Sort the runs">
      <span />
      {runColumns.map((column) => (
        <button
          key={column}
          type="button"
          className={`run-row-${column}`}
          aria-pressed={order.column === column}
          onClick={() => onOrder(orderRunsBy(order, column))}
        >
          {headings[column]}
          <span aria-hidden="true">{order.column !== column ? '' : order.descending ? ' ↓' : ' ↑'}</span>
        </button>
      ))}
      <span />
    </div>
  )
}

export interface RunRowProps {
  readonly run: RunSummary
  readonly isCompared: boolean
  readonly onCompare: () => void
  readonly act: ReturnType<typeof useRunList>['act']
}

/** A run in the list: what it is about, how it went, and what can be done with it. */
export function RunRow({ run, isCompared, onCompare, act }: RunRowProps): ReactElement {
  const shown = useRunView().runId === run.id
  const now = useNow(!isOver(run.status))
  const [editing, setEditing] = useState(false)
  const seconds = useRunSeconds(run)
  if (editing)
    return (
      <DescribeRun
        run={run}
        onDone={(description) => {
          setEditing(false)
          if (description !== null) act('describe', run.id, description)
        }}
      />
    )
  return (
    <div className={`run-row${shown ? ' run-row-shown' : ''}`}>
      <input
        type="checkbox"
        checked={isCompared}
        onChange={onCompare}
        aria-label={`Compare the run of ${nameOfRun(run)}, ${ago(run.createdAt, now)}`}
      />
      <span className={`status-pill status-${run.status}`}>{statusWords[run.status]}</span>
      <button
        type="button"
        className="run-row-name"
        onClick={() => void showRun(run)}
        title={run.problem?.message ?? run.notes ?? 'Show this run'}
      >
        <bdi>{nameOfRun(run)}</bdi>
        {(run.host ?? run.notes) !== undefined && (
          <small>{[...(run.host === undefined ? [] : [`on ${run.host}`]), run.notes ?? []].flat().join(' · ')}</small>
        )}
      </button>
      <span className="run-row-data" title={run.data}>
        <bdi>{run.data}</bdi>
      </span>
      <span className="run-row-network" title={run.network}>
        <bdi>{run.network}</bdi>
      </span>
      <span className="run-row-score numeric">
        {run.headline !== undefined && (
          <>
            <b title={run.headline.metric.title}>{scoreText(run.headline.metric, run.headline.value)}</b>{' '}
            <small>{run.headline.split}</small>
          </>
        )}
      </span>
      <span className="run-row-when">{ago(run.createdAt, now)}</span>
      <span className="run-row-time numeric">{seconds === null ? '' : duration(seconds)}</span>
      <Actions run={run} act={act} onDescribe={() => setEditing(true)} />
    </div>
  )
}

function Actions({
  run,
  act,
  onDescribe,
}: Pick<RunRowProps, 'run' | 'act'> & { readonly onDescribe: () => void }): ReactElement {
  return (
    <span className="run-row-actions">
      <IconButton icon="rename" size="s" label="Name this run and note something" onClick={onDescribe} />
      {['interrupted', 'failed', 'cancelled'].includes(run.status) && (
        <IconButton icon="redo" size="s" label="Resume" onClick={() => act('resume', run.id)} />
      )}
      {run.status === 'queued' && (
        <IconButton icon="arrowRight" size="s" label="Run next" onClick={() => act('front', run.id)} />
      )}
      {!isOver(run.status) && <IconButton icon="stop" size="s" label="Cancel" onClick={() => act('cancel', run.id)} />}
      {isOver(run.status) && (
        <IconButton icon="open" size="s" label="Open the graph of this run" onClick={() => act('open', run.id)} />
      )}
      {isOver(run.status) && (
        <IconButton icon="trash" size="s" label="Delete this run" onClick={() => act('delete', run.id)} />
      )}
    </span>
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
