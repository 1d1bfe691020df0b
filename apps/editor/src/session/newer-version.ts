import { live } from '../api/live/live.js'
import type { GraphSaved } from '../api/live/live-connection.js'
import { messageOf } from '../api/client.js'
import { editor } from '../document/store.js'
import { toast } from '../ui/toasts/toast.js'

/** The answer to this window's own saving is on its way at the same time. */
const patience = 800

/** Says so when another window has saved the open graph, and offers what it saved. Returns how to stop. */
export function watchForNewerVersion(open: (graphId: string) => Promise<void>): () => void {
  return live().onGraphSaved((saved) => setTimeout(() => tell(saved, open), patience))
}

function tell({ graph, version }: GraphSaved, open: (graphId: string) => Promise<void>): void {
  const { origin, document, saved } = editor.get()
  if (origin?.graphId !== graph || origin.version >= version) return
  toast(
    'info',
    `Another window has saved this graph, as version ${version}.`,
    document === saved
      ? 'You see the version before.'
      : 'Your edits start from the version before; saving asks what to do.',
    {
      label: 'Open it',
      run: () => void open(graph).catch((error: unknown) => toast('error', messageOf(error))),
    },
  )
}
