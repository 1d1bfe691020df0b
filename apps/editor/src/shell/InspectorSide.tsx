import { useState } from 'react'
import type { ReactElement } from 'react'
import { useEditor, useSelection } from '../document/store.js'
import { Inspector } from '../forms/Inspector.js'
import { ui, useUi } from '../page/page-store.js'
import { IconButton } from '../ui/Button.js'

/**
 * The form beside the canvas, which gets narrower for it: nothing of the graph lies below. It comes with the first node
 * that is selected in a graph and stays, so that selecting and clearing move nothing under the mouse.
 */
export function InspectorSide(): ReactElement | null {
  const { nodes } = useSelection()
  const details = useUi((state) => state.graphDetails)
  const opened = useEditor((state) => state.opened)
  const [usedIn, setUsedIn] = useState<number | null>(null)
  const [only] = nodes
  const shown = nodes.length === 1 && only !== undefined ? only : null
  if (shown !== null && usedIn !== opened) setUsedIn(opened)
  const isWanted = shown !== null || details
  if (!isWanted && usedIn !== opened) return null
  return (
    <aside
      id="inspector"
      className={`shell-inspector${isWanted ? '' : ' shell-inspector-idle'}`}
      aria-label="Inspector"
    >
      <IconButton
        icon="close"
        size="s"
        label={shown === null ? 'Close' : 'Close the inspector'}
        className="inspector-close"
        onClick={() => ui.set({ inspector: false, graphDetails: false })}
      />
      {/* A form starts at its top, however far the one before was scrolled. */}
      <div key={shown ?? ''} className="inspector-scroll">
        <Inspector nodeId={shown} />
      </div>
    </aside>
  )
}
