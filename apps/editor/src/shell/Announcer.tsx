import type { ReactElement } from 'react'
import { useEditor } from '../document/store.js'
import type { EditorState } from '../document/editor-store.js'

const announcement = (state: EditorState): EditorState['announcement'] => state.announcement

/** Tells screen readers what each edit did. Two regions take turns, so that the same text twice is read twice. */
export function Announcer(): ReactElement {
  const { text, number } = useEditor(announcement)
  return (
    <div className="visually-hidden">
      <div role="status" aria-live="polite">
        {number % 2 === 0 ? text : ''}
      </div>
      <div role="status" aria-live="polite">
        {number % 2 === 1 ? text : ''}
      </div>
    </div>
  )
}
