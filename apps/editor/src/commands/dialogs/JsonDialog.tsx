import { parseDocumentText, serializeDocument } from '@graft/graph-schema'
import { useId, useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { replaceDocument } from '../../document/commands/replace-document.js'
import { dispatch, getDocument } from '../../document/store.js'
import { ui } from '../../page/page-store.js'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { toast } from '../../ui/toasts/toast.js'
import './json-dialog.css'

/** The graph as its file has it, to be read, copied and changed. What is not a graph can't be put in its place. */
export function JsonDialog(): ReactElement {
  const before = useMemo(() => serializeDocument(getDocument()), [])
  const [text, setText] = useState(before)
  const read = useMemo(() => parseDocumentText(text), [text])
  const problem = read.document === null ? read.problems[0] : undefined
  const id = useId()
  const close = (): void => ui.set({ dialog: null })
  const use = (): void => {
    if (read.document === null) return
    dispatch(replaceDocument(read.document))
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
          <Button variant="primary" disabled={read.document === null || text === before} onClick={use}>
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
        value={text}
        onChange={(event) => setText(event.target.value)}
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
