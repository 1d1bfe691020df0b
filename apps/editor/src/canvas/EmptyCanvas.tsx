import type { ReactElement } from 'react'
import { runCommand } from '../commands/commands.js'
import { useEditor } from '../document/store.js'
import { Button } from '../ui/Button.js'

/** What an empty canvas offers. */
export function EmptyCanvas(): ReactElement | null {
  const isEmpty = useEditor(
    ({ document: { nodes, layout } }) => Object.keys(nodes).length + layout.notes.length + layout.frames.length === 0,
  )
  if (!isEmpty) return null
  return (
    <div className="empty-canvas">
      <h2>An empty canvas</h2>
      <p>
        Double-click anywhere, press <kbd>A</kbd>, or drag a node from the list on the left.
        <br />
        You can also drop a graph file, a report or an exported model here.
      </p>
      <div className="empty-canvas-actions">
        <Button variant="primary" icon="add" onClick={() => runCommand('add')}>
          Add a node
        </Button>
        <Button icon="back" onClick={() => runCommand('close')}>
          Start from a template
        </Button>
      </div>
    </div>
  )
}
