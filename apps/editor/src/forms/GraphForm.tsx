import { useId } from 'react'
import type { ReactElement } from 'react'
import { describeDocument } from '../document/commands/describe.js'
import { dispatch, editor, useDocument, useSelection } from '../document/store.js'
import { counted } from '../ui/format.js'
import './forms.css'

/** What the inspector shows when no single node is selected: the graph itself. */
export function GraphForm(): ReactElement {
  const id = useId()
  const { name, description, nodes, edges } = useDocument()
  const selected = useSelection().nodes.length
  return (
    <div className="form">
      <header className="form-header">
        <h2>{selected > 1 ? `${selected} nodes selected` : name}</h2>
        <p>
          {counted(Object.keys(nodes).length, 'node')}, {counted(edges.length, 'wire')}
        </p>
      </header>
      <div className="field">
        <label className="field-label" htmlFor={id}>
          Description
        </label>
        <textarea
          id={id}
          className="input description"
          rows={4}
          value={description}
          placeholder="What this pipeline is for"
          onChange={(event) => dispatch(describeDocument(event.target.value))}
          onBlur={() => editor.endStep()}
        />
      </div>
      <p className="form-empty">
        {selected > 1 ? 'Select a single node to edit its fields.' : 'Select a node on the canvas to edit its fields.'}
      </p>
    </div>
  )
}
