import type { RunSummary } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../ui/Button.js'

export interface RunDescription {
  readonly name: string
  readonly notes: string
}

/** A row of the list in which its run is named; Enter keeps, Escape leaves it as it was (null). */
export function DescribeRun({
  run,
  onDone,
}: {
  readonly run: RunSummary
  readonly onDone: (description: RunDescription | null) => void
}): ReactElement {
  const [name, setName] = useState(run.name ?? '')
  const [notes, setNotes] = useState(run.notes ?? '')
  return (
    <form
      className="run-describe"
      onSubmit={(event) => {
        event.preventDefault()
        onDone({ name, notes })
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onDone(null)
      }}
    >
      <input
        className="input"
        aria-label="Name of the run"
        placeholder={run.graphName}
        maxLength={200}
        value={name}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <input
        className="input run-notes"
        aria-label="Notes"
        placeholder="Notes"
        maxLength={5000}
        value={notes}
        onChange={(event) => setNotes(event.target.value)}
      />
      <Button size="s" type="submit" variant="primary">
        Keep
      </Button>
      <Button size="s" variant="ghost" onClick={() => onDone(null)}>
        Cancel
      </Button>
    </form>
  )
}
