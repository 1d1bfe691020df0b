import { useEffect } from 'react'
import type { ReactElement } from 'react'
import { useConnection } from '../api/live/live.js'
import { commandOf, runCommand } from '../commands/commands.js'
import { shortcutText } from '../commands/keys/shortcuts.js'
import { useEditor, useProblems } from '../document/store.js'
import { Button } from '../ui/Button.js'
import { TourHost } from '../tour/TourHost.js'
import { Icon } from '../ui/Icon.js'
import { timeLeft } from '../ui/format.js'
import { doingText, progressOf, workOf } from '../run/run-progress.js'
import { followOpenGraph, resumeRun, runs, useRunState, useRunStatus, useRunView } from '../run/run-store.js'
import '../run-panel/run.css'

const keysFor = (id: string): string => shortcutText(commandOf(id).shortcuts?.[0])

/** Run, Run to here, Cancel, and how far it is. Stands in the bar at the top of the page. */
export function RunControls(): ReactElement {
  useEffect(followOpenGraph, [])
  const { status, pending, position } = useRunStatus()
  const waiting = useRunView().waiting.length
  const connection = useConnection()
  const errors = useProblems().filter(({ severity }) => severity === 'error').length
  const only = useEditor((state) => (state.selection.nodes.length === 1 ? state.selection.nodes[0] : undefined))
  const empty = useEditor((state) => Object.keys(state.document.nodes).length === 0)
  const active = status === 'running' || status === 'queued'
  const blocked =
    connection === 'offline'
      ? 'The server can’t be reached'
      : empty
        ? 'Add nodes first'
        : errors > 0
          ? `${errors} ${errors === 1 ? 'problem' : 'problems'} to solve first`
          : null
  return (
    <div className="run-controls" role="group" aria-label="Run">
      {active && <RunMeter position={position} />}
      {waiting > 0 && <span className="status-pill status-queued numeric">{waiting} waiting</span>}
      {active && (
        <Button
          icon="play"
          onClick={() => runCommand('run-after')}
          disabled={blocked !== null || pending !== null}
          title={blocked ?? 'Waits until this run is over, then runs the graph as it is now'}
        >
          Run again
        </Button>
      )}
      {active ? (
        <Button
          variant="danger"
          icon="stop"
          onClick={() => runCommand('cancel-run')}
          disabled={pending === 'cancelling'}
          title={`Cancel the run (${keysFor('cancel-run')})`}
        >
          {pending === 'cancelling' ? 'Cancelling…' : 'Cancel'}
        </Button>
      ) : (
        <>
          {status === 'interrupted' && (
            <Button
              icon="redo"
              onClick={() => void resumeRun()}
              disabled={pending !== null || connection === 'offline'}
              title="Continue where the run was interrupted"
            >
              Resume
            </Button>
          )}
          {only !== undefined && !empty && (
            <Button
              icon="skip"
              onClick={() => runCommand('run-to-here')}
              disabled={connection === 'offline' || pending !== null}
              title={`Run only what the selected node needs (${keysFor('run-to-here')})`}
            >
              Run to here
            </Button>
          )}
          <Button
            variant="primary"
            icon="play"
            onClick={() => runCommand('run')}
            disabled={blocked !== null || pending !== null}
            title={blocked ?? `Run (${keysFor('run')})`}
            data-tour="run"
          >
            {pending === 'starting' ? 'Starting…' : 'Run'}
          </Button>
        </>
      )}
      <Refusal />
      <TourHost />
    </div>
  )
}

/** Progress as a thin bar with words beside it. Its text is not a live region: it changes many times a second. */
function RunMeter({ position }: { readonly position: number | null }): ReactElement {
  const state = useRunState()
  const document = useEditor((editor) => editor.document)
  const manifests = useEditor((editor) => editor.manifests)
  const { fraction, done, total, running, etaSeconds } = progressOf(state ?? { nodes: {} }, (id) =>
    workOf(manifests.get(document.nodes[id]?.type ?? '')),
  )
  const current = running[0]
  const node = current === undefined ? undefined : document.nodes[current]
  const name = node === undefined ? null : (node.title ?? manifests.get(node.type)?.title ?? current)
  const text =
    state === null || state.status === 'queued'
      ? position === null || position === 1
        ? 'Starting…'
        : `Waiting: ${position - 1} ahead of this one`
      : `${doingText(name ?? 'Running', state.nodes[current ?? '']?.progress)} · ${done} of ${total} nodes${etaSeconds === null ? '' : ` · ${timeLeft(etaSeconds)} left`}`
  return (
    <div className="run-meter">
      <span className="run-meter-text numeric">{text}</span>
      <span
        className="run-meter-bar"
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
        aria-valuetext={text}
      >
        <span style={{ inlineSize: `${fraction * 100}%` }} />
      </span>
    </div>
  )
}

function Refusal(): ReactElement | null {
  const { refusal } = useRunView()
  if (refusal === null) return null
  const [first] = refusal.details?.problems ?? []
  return (
    <div className="run-refusal" role="alert">
      <Icon name="error" />
      <p>
        {first?.message ?? refusal.message} {first?.fix ?? ''}
      </p>
      <Button size="s" variant="ghost" onClick={runs.dismissRefusal}>
        Dismiss
      </Button>
    </div>
  )
}
