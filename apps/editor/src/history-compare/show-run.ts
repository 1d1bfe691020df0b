import type { RunSummary } from '@graft/graph-schema'
import { call, messageOf } from '../api/client.js'
import { editor } from '../document/store.js'
import { ui } from '../page/page-store.js'
import { runs } from '../run/run-store.js'
import { openDocument } from '../session/session.js'
import { toast } from '../ui/toasts/toast.js'
import { isSameShape } from './same-shape.js'

/** Shows a run: on the graph that is open when it is a run of that one, else on its own graph. */
export async function showRun({ id, graphId, graphName }: RunSummary): Promise<void> {
  try {
    const { document, origin } = editor.get()
    const isSaved = origin !== null && graphId === origin.graphId
    const isOfOpen =
      isSaved ||
      (graphName === document.name && isSameShape((await call('getRun', { params: { id } })).document, document))
    if (!isOfOpen) return await openRun(id)
    ui.set({ drawer: 'run', runTab: null })
    await runs.show(id)
  } catch (error) {
    toast('error', messageOf(error))
  }
}

/** Opens the graph of a run as it was when it ran, with what the run gave. */
export async function openRun(id: string): Promise<void> {
  const { document, run } = await call('getRun', { params: { id } })
  await openDocument({
    ...document,
    name: `${document.name} (run of ${run.createdAt.slice(0, 16).replace('T', ' ')})`,
  })
  ui.set({ drawer: 'run', runTab: null })
  await runs.show(id)
}
