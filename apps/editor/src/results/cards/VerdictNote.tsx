import type { Verdict } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { Icon } from '../../ui/Icon.js'
import { InsertNode, TakeAnotherNetwork } from './VerdictButtons.js'

/** What a result says about itself, what to try next, and a button that does it. */
export function VerdictNote({ verdict }: { readonly verdict: Verdict | null }): ReactElement | null {
  if (verdict === null) return null
  const { change } = verdict
  return (
    <div className="verdict-note" role="note">
      <Icon name="warning" size={16} />
      <div>
        <p>
          <strong>{verdict.text}</strong>
        </p>
        <p>{verdict.next}</p>
        {change?.kind === 'network' && <TakeAnotherNetwork />}
        {change?.kind === 'insert' && <InsertNode type={change.type} before={change.before} />}
      </div>
    </div>
  )
}
