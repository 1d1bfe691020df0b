import { useStore } from '@xyflow/react'
import type { ReactElement } from 'react'
import { runCommand } from '../commands/commands.js'
import { CommandButton } from '../commands/CommandButton.js'
import { useUi } from '../page/page-store.js'

/** Zoom, fit, tidy, overview. */
export function CanvasControls(): ReactElement {
  const zoom = useStore((state) => Math.round(state.transform[2] * 100))
  const minimap = useUi((state) => state.minimap)
  return (
    <div className="canvas-controls" role="toolbar" aria-label="View">
      <CommandButton id="zoom-out" />
      <button
        type="button"
        className="canvas-zoom numeric"
        title="Zoom to 100% (0)"
        aria-label={`Zoom ${zoom}%: set to 100%`}
        onClick={() => runCommand('zoom-actual')}
      >
        {zoom}%
      </button>
      <CommandButton id="zoom-in" />
      <span className="divider" />
      <CommandButton id="fit" />
      <CommandButton id="tidy" />
      <CommandButton id="minimap" pressed={minimap} />
    </div>
  )
}
