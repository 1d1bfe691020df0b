import type { ReactElement } from 'react'
import { menus } from '../commands/menus.js'
import { useSelection } from '../document/store.js'
import { CommandButton } from '../commands/CommandButton.js'

/** What can be done with several nodes at once. */
export function SelectionBar(): ReactElement | null {
  const { nodes } = useSelection()
  if (nodes.length < 2) return null
  return (
    <div className="selection-bar" role="toolbar" aria-label="Selected nodes">
      <span className="selection-count numeric">{nodes.length} selected</span>
      <span className="divider" />
      {menus.selection.map((id, index) =>
        id === null ? <span key={index} className="divider" /> : <CommandButton key={id} id={id} />,
      )}
    </div>
  )
}
