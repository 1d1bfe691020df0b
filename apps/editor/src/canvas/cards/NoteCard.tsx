import { NodeResizer } from '@xyflow/react'
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { ReactElement } from 'react'
import { setNote } from '../../document/commands/annotations.js'
import { dispatch, editor } from '../../document/store.js'
import type { NoteFlowNode } from '../projection/to-flow.js'
import { NoteText } from './NoteText.js'
import './annotations.css'

/** A note on the canvas: Markdown, drawn as long as it isn't being written. */
export const NoteCard = memo(function NoteCard({
  data: { index, text },
  selected,
}: NodeProps<NoteFlowNode>): ReactElement {
  return (
    <div className={`note${selected ? ' note-selected' : ''}`} onDoubleClick={write}>
      <NodeResizer isVisible={selected} minWidth={120} minHeight={60} />
      <div className="note-grip" />
      <textarea
        className="note-text nodrag nowheel"
        aria-label="Note"
        placeholder="Write a note…"
        value={text}
        onChange={(event) => dispatch(setNote(index, { text: event.target.value }))}
        onBlur={() => editor.endStep()}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {text !== '' && <NoteText text={text} />}
    </div>
  )
})

function write(event: React.MouseEvent<HTMLElement>): void {
  if (!(event.target instanceof HTMLAnchorElement)) event.currentTarget.querySelector('textarea')?.focus()
}
