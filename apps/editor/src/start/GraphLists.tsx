import type { GraphSummary, RunSummary } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { call, messageOf } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { addressOfDraft, draftIdOf } from '../session/address.js'
import { ago, counted, scoreText } from '../ui/format.js'
import { Button, IconButton } from '../ui/Button.js'
import { Icon } from '../ui/Icon.js'
import { toast } from '../ui/toasts/toast.js'
import { DraftList } from './DraftList.js'
import { UploadList } from './UploadList.js'
import { latestByGraph } from './latest-by-graph.js'

async function loadGraphs(signal: AbortSignal): Promise<{
  readonly graphs: readonly GraphSummary[]
  readonly trash: readonly GraphSummary[]
  readonly runs: ReadonlyMap<string, RunSummary>
}> {
  const [{ graphs }, trash, runs] = await Promise.all([
    call('listGraphs', { signal }),
    call('listTrash', { signal }),
    call('listRuns', { query: { limit: 200 }, signal }),
  ])
  return { graphs, trash: trash.graphs, runs: latestByGraph(runs.runs) }
}

/** Graphs from before: drafts, saved ones, the trash, and the photos that were uploaded for them. */
export function GraphLists(): ReactElement {
  const lists = useCall(loadGraphs)
  const attempt = (work: Promise<unknown>, done: string): void => {
    work.then(
      () => {
        lists.again()
        toast('success', done)
      },
      (error: unknown) => toast('error', messageOf(error)),
    )
  }
  return (
    <div className="start-lists">
      <DraftList />
      <section aria-labelledby="start-graphs">
        <h2 id="start-graphs">Your graphs</h2>
        {lists.status === 'loading' && (
          <p className="muted" role="status">
            Loading…
          </p>
        )}
        {lists.status === 'failed' && (
          <p className="muted" role="alert">
            {lists.error.message}{' '}
            <Button size="s" onClick={lists.again}>
              Try again
            </Button>
          </p>
        )}
        {lists.status === 'ready' && lists.value.graphs.length === 0 && (
          <p className="muted">
            None yet. Open a template above, make it yours and save it with Ctrl+S; it appears here, with every version.
          </p>
        )}
        {lists.status === 'ready' && (
          <ul className="graph-list">
            {lists.value.graphs.map((graph) => (
              <GraphRow key={graph.id} graph={graph} run={lists.value.runs.get(graph.id)} attempt={attempt} />
            ))}
          </ul>
        )}
        {lists.status === 'ready' && lists.value.trash.length > 0 && (
          <Trash graphs={lists.value.trash} attempt={attempt} />
        )}
      </section>
      <UploadList />
    </div>
  )
}

type Attempt = (work: Promise<unknown>, done: string) => void

function GraphRow({
  graph,
  run,
  attempt,
}: {
  readonly graph: GraphSummary
  readonly run: RunSummary | undefined
  readonly attempt: Attempt
}): ReactElement {
  const [renaming, setRenaming] = useState(false)
  const rename = (name: string): void => {
    setRenaming(false)
    if (name.trim() !== '' && name !== graph.name)
      attempt(renameGraph(graph.id, name.trim()), `Renamed to ${name.trim()}`)
  }
  return (
    <li className="graph-row">
      {renaming ? (
        <input
          className="graph-rename"
          aria-label="Name of the graph"
          defaultValue={graph.name}
          maxLength={200}
          autoFocus
          onFocus={(event) => event.target.select()}
          onBlur={(event) => rename(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') setRenaming(false)
          }}
        />
      ) : (
        <a href={addressOfDraft(draftIdOf({ graphId: graph.id, version: graph.version }))}>
          <Icon name="layout" />
          <span className="graph-name-text">{graph.name}</span>
          {run !== undefined && <RunBadge run={run} />}
          <span className="graph-note">
            {counted(graph.nodes, 'node')}, {ago(graph.updatedAt, Date.now())}
          </span>
        </a>
      )}
      <IconButton icon="rename" size="s" label={`Rename ${graph.name}`} onClick={() => setRenaming(true)} />
      <IconButton
        icon="trash"
        size="s"
        label={`Move ${graph.name} to the trash`}
        onClick={() => attempt(call('deleteGraph', { params: { id: graph.id } }), `${graph.name} is in the trash`)}
      />
    </li>
  )
}

function RunBadge({ run }: { readonly run: RunSummary }): ReactElement {
  if (run.status === 'running' || run.status === 'queued')
    return <span className="status-pill status-running">{run.status === 'running' ? 'running' : 'waiting'}</span>
  if (run.headline !== undefined)
    return (
      <span className="status-pill status-succeeded numeric">{scoreText(run.headline.metric, run.headline.value)}</span>
    )
  return <span className={`status-pill status-${run.status}`}>{run.status === 'succeeded' ? 'done' : run.status}</span>
}

async function renameGraph(id: string, name: string): Promise<void> {
  const { document, version } = await call('getGraph', { params: { id } })
  await call('saveGraph', { params: { id }, body: { document: { ...document, name }, baseVersion: version } })
}

function Trash({
  graphs,
  attempt,
}: {
  readonly graphs: readonly GraphSummary[]
  readonly attempt: Attempt
}): ReactElement {
  return (
    <details className="trash">
      <summary>Trash ({graphs.length})</summary>
      <ul className="graph-list">
        {graphs.map(({ id, name, updatedAt }) => (
          <li key={id} className="graph-row graph-row-trash">
            <span className="graph-name-text">{name}</span>
            <span className="graph-note">{ago(updatedAt, Date.now())}</span>
            <Button
              size="s"
              icon="undo"
              onClick={() => attempt(call('restoreGraph', { params: { id } }), `${name} is back`)}
            >
              Restore
            </Button>
          </li>
        ))}
      </ul>
    </details>
  )
}
