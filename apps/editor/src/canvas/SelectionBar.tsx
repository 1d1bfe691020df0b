import { Fragment } from 'react'
import type { ReactElement } from 'react'
import { useSelection } from '../document/store.js'
import { CommandButton } from '../ui/CommandButton.js'

const groups = [
  ['align-left', 'align-right', 'align-top', 'align-bottom', 'distribute-x'],
  ['tidy', 'add-frame', 'fit-selection'],
  ['duplicate', 'bypass', 'mute', 'delete'],
]

/** What can be done with several nodes at once. */
export function SelectionBar(): ReactElement | null {
  const { nodes } = useSelection()
  if (nodes.length < 2) return null
  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected nodes">
      <span className="selection-count numeric">{nodes.length} selected</span>
      {groups.map((ids) => (
        <Fragment key={ids.join()}>
          <span className="divider" />
          {ids.map((id) => <CommandButton key={id} id={id} />)}
        </Fragment>
      ))}
    </div>
  )
}
