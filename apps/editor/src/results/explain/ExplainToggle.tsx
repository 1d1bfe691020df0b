import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { explanationWords } from './explanation-words.js'
import type { Explained } from './use-explanation.js'

/** Turns the heat map on and off, and says what it shows. */
export function ExplainToggle({
  explained,
  onToggle,
}: {
  readonly explained: Explained
  readonly onToggle: () => void
}): ReactElement {
  return (
    <>
      <Button
        size="s"
        className="heat-toggle"
        icon="search"
        aria-pressed={explained.status !== 'off'}
        title="Covers the image part by part and shows which parts the answer depends on"
        onClick={onToggle}
      >
        What does it go by?
      </Button>
      {explained.status === 'asking' && <p className="muted heat-words">Covering the image part by part…</p>}
      {explained.status === 'failed' && <p className="card-problem">{explained.message}</p>}
      {explained.status === 'done' && <p className="heat-words">{explanationWords(explained.explanation)}</p>}
    </>
  )
}
