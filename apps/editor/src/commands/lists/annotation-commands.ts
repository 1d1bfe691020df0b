import { addFrame, addNote, insideFrame, setFrame, surround } from '../../document/commands/annotations.js'
import type { EditorState } from '../../document/editor-store.js'
import { dispatch, editor, getDocument } from '../../document/store.js'
import { canvasApi } from '../../page/canvas-api.js'
import type { AppCommand } from './app-command.js'
import { writeOn } from './focus.js'

const hasFrame = ({ selection }: EditorState): boolean => selection.frames.length === 1
const hasAnnotation = ({ selection }: EditorState): boolean =>
  selection.frames.length + selection.notes.length === 1 && selection.nodes.length === 0

function frameSelection(): void {
  const api = canvasApi()
  if (api === null) return
  const chosen = new Set(editor.get().selection.nodes)
  const around = [...api.boxes()].filter(([id]) => chosen.has(id)).map(([, box]) => box)
  dispatch(addFrame(getDocument(), around, api.pointer() ?? api.centre()))
}

/** A new note, ready to be written on: what is typed next must not be taken for shortcuts. */
function writeNote(): void {
  dispatch(addNote(getDocument(), canvasApi()?.pointer() ?? canvasApi()?.centre() ?? { x: 0, y: 0 }))
  writeOnSelected()
}

function writeOnSelected(): void {
  const { frames, notes } = editor.get().selection
  const [frame] = frames
  const [note] = notes
  if (frame !== undefined) writeOn({ kind: 'frame', index: frame })
  else if (note !== undefined) writeOn({ kind: 'note', index: note })
}

function selectInside(): void {
  const [index] = editor.get().selection.frames
  if (index !== undefined) editor.select(insideFrame(getDocument(), index, canvasApi()?.boxes() ?? new Map()))
}

function fitFrame(): void {
  const [index] = editor.get().selection.frames
  const boxes = canvasApi()?.boxes() ?? new Map()
  if (index === undefined) return
  const inside = new Set(insideFrame(getDocument(), index, boxes).nodes)
  const around = surround([...boxes].filter(([id]) => inside.has(id)).map(([, box]) => box))
  if (around !== null) dispatch(setFrame(index, around))
}

/** Frames and notes. */
export const annotationCommands: readonly AppCommand[] = [
  {
    id: 'add-frame',
    title: 'Add a frame (around the selection)',
    keywords: 'group box comment',
    group: 'Add',
    icon: 'frame',
    shortcuts: ['f'],
    run: frameSelection,
  },
  {
    id: 'add-note',
    title: 'Add a note',
    keywords: 'comment text remark',
    group: 'Add',
    icon: 'note',
    shortcuts: ['shift+n'],
    run: writeNote,
  },
  { id: 'write', title: 'Write on the frame or note', group: 'Edit', enabled: hasAnnotation, run: writeOnSelected },
  { id: 'select-inside', title: 'Select what is in the frame', group: 'Edit', enabled: hasFrame, run: selectInside },
  { id: 'frame-fit', title: 'Fit the frame to its nodes', group: 'Arrange', enabled: hasFrame, run: fitFrame },
]
