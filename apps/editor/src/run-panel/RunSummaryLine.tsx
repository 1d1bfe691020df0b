import { titleInText } from '@graft/graph-schema'
import type { RunStatus } from '@graft/graph-schema'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { duration, scoreText } from '../ui/format.js'
import { useRunView, useStaleNodes } from '../run/run-store.js'

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
  const { state, runId } = useRunView()
  const stale = useStaleNodes()
  const seconds = useSeconds(state?.startedAt ?? null, state?.finishedAt ?? null)
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
      {stale.size > 0 && (
        <span className="run-stale" title="These results are from before the last edits">
          out of date
        </span>
      )}
    </p>
  )
}

const splitWords = { train: 'training', val: 'validation', test: 'test', all: 'overall' } as const

function useSeconds(startedAt: string | null, finishedAt: string | null): number | null {
  const [now, setNow] = useState(() => Date.now())
  const live = startedAt !== null && finishedAt === null
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [live])
  if (startedAt === null) return null
  return Math.max(0, ((finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt)) / 1000)
}
