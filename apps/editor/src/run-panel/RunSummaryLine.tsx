import { titleInText } from '@graft/graph-schema'
import type { RunStatus } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { duration, scoreText } from '../ui/format.js'
import { useRunView, useStaleNodes } from '../run/run-store.js'
import { useRunSeconds } from '../run/use-run-seconds.js'

const words: Readonly<Record<RunStatus, string>> = {
  queued: 'Waiting',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}

/** The run in one line: how it stands, how long it took, how good it is. */
export function RunSummaryLine(): ReactElement | null {
  const { state, runId, queue } = useRunView()
  const stale = useStaleNodes()
  const listed = queue?.running.find(({ id }) => id === runId)
  const running = listed?.runningMilliseconds
  const seconds = useRunSeconds({
    ...(typeof state?.startedAt === 'string' && { startedAt: state.startedAt }),
    ...(typeof state?.finishedAt === 'string' && { finishedAt: state.finishedAt }),
    ...(running !== undefined && { runningMilliseconds: running }),
  })
  if (runId === null || state === null) return null
  const { headline, status, engine } = state
  return (
    <p className="run-line numeric">
      <span className={`status-pill status-${status}`} role="status">
        {words[status]}
      </span>
      {headline !== null && (
        <span>
          <b>{scoreText(headline.metric, headline.value)}</b> {splitWords[headline.split]}{' '}
          {titleInText(headline.metric)}
        </span>
      )}
      {seconds !== null && <span>{duration(seconds)}</span>}
      {engine !== '' && <span className="muted">{engine}</span>}
      {listed?.host !== undefined && <span className="muted">on {listed.host}</span>}
      {stale.size > 0 && (
        <span className="run-stale" title="These results are from before the last edits">
          out of date
        </span>
      )}
    </p>
  )
}

const splitWords = { train: 'training', val: 'validation', test: 'test', all: 'overall' } as const
