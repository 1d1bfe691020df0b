import type { ReactElement } from 'react'
import { NetworkChoice } from '../photos/NetworkChoice.js'
import { Button } from '../ui/Button.js'
import type { LookRun } from './use-look-run.js'

export interface OtherProps {
  readonly look: LookRun
  /** Its source; empty: none is chosen yet. */
  readonly other: string
  readonly setOther: (other: string | null) => void
}

/** A choice of one more network, to be asked as well. */
export function OtherNetwork({ look: { networks, advice }, other, setOther }: OtherProps): ReactElement {
  const asked = new Set(advice?.networks.map(({ source }) => source))
  return (
    <>
      <p>Which network shall look at your images as well? What the others saw is kept.</p>
      <NetworkChoice
        networks={{ ...networks, list: networks.list.filter(({ source }) => !asked.has(source)) }}
        chosen={other === '' ? null : other}
        sha256=""
        onChoose={setOther}
      />
    </>
  )
}

/** To ask it, or not. */
export function OtherFooter({ look, other, setOther }: OtherProps): ReactElement {
  return (
    <>
      <Button onClick={() => setOther(null)}>Back</Button>
      <Button
        variant="primary"
        disabled={other === ''}
        onClick={() => {
          setOther(null)
          look.compareWith(other)
        }}
      >
        Compare them
      </Button>
    </>
  )
}
