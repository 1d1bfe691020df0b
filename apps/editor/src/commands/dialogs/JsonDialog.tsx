import { parseDocumentText, serializeDocument } from '@graft/graph-schema'
import { useId, useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { replaceDocument } from '../../document/commands/replace-document.js'
import { dispatch, getDocument } from '../../document/store.js'
import { withPlaces } from '../../layout/with-places.js'
import { ui } from '../../page/page-store.js'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { toast } from '../../ui/toasts/toast.js'
import { keepUnfinished, unfinishedOf } from './unfinished-text.js'
import './json-dialog.css'

/**
 * The graph as its file has it, to be read, copied and changed. What is not a graph can't be put in its place.
 * Unfinished text is there again when the dialog is opened on the same graph.
 */
export function JsonDialog(): ReactElement {
  const before = useMemo(() => serializeDocument(getDocument()), [])
  const [text, setText] = useState(() => unfinishedOf(before))
  const [isPlacing, setPlacing] = useState(false)
  const read = useMemo(() => parseDocumentText(text), [text])
  const problem = read.document === null ? read.problems[0] : undefined
  const id = useId()
  const close = (): void => ui.set({ dialog: null })
  const change = (next: string): void => {
    keepUnfinished(before, next)
    setText(next)
  }
  const use = async (): Promise<void> => {
    if (read.document === null) return
    setPlacing(true)
    const placed = await withPlaces(read.document)
    // Closed meanwhile: the text is kept, and nothing is changed.
    if (ui.get().dialog !== 'json') return
    keepUnfinished(before, before)
    dispatch(replaceDocument(placed))
    close()
  }
  return (
    <Dialog
      title="Graph as JSON"
      onClose={close}
      className="json-dialog"
      footer={
        <>
          <Button icon="copy" onClick={() => void copy(text)}>
            Copy
          </Button>
          <Button disabled={text === before || isPlacing} onClick={() => change(before)}>
            Start over
          </Button>
          <Button
            variant="primary"
            disabled={read.document === null || text === before || isPlacing}
            onClick={() => void use()}
          >
            Use this
          </Button>
        </>
      }
    >
      <textarea
        className="json-text"
        aria-label="The graph as JSON"
        aria-describedby={id}
        aria-invalid={problem !== undefined}
        spellCheck={false}
        readOnly={isPlacing}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <p id={id} className={problem === undefined ? 'json-note' : 'json-note form-problem'} role="status">
        {problem !== undefined
          ? `${problem.message} ${problem.fix}`
          : text === before
            ? 'The very text of the graph’s file. Change it here, or copy it.'
            : 'This is a graph. “Use this” puts it in place of the open one, as one edit that can be undone.'}
      </p>
    </Dialog>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast('success', 'Copied the graph as JSON')
  } catch {
    toast('error', 'The browser does not allow copying here. Select the text and copy it yourself.')
  }
}
