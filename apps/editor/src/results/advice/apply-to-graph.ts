import { textOf } from '@graft/errors'
import type { AdviceValue } from '@graft/graph-schema'
import { putAdvice } from '../../document/commands/advice.js'
import { dispatch, getDocument } from '../../document/store.js'
import { canvasApi } from '../../page/canvas-api.js'
import { ui } from '../../page/page-store.js'
import { toast } from '../../ui/toasts/toast.js'

/** Puts an advice into the open graph as one edit, and shows what came of it. */
export function applyToGraph(advice: AdviceValue, candidate?: string): void {
  try {
    dispatch(putAdvice(getDocument(), advice, candidate))
  } catch (error) {
    return toast('error', textOf(error))
  }
  ui.set({ drawer: null })
  // The canvas is larger once the drawer is gone, and knows the sizes of new nodes once it has drawn them.
  requestAnimationFrame(() => requestAnimationFrame(() => canvasApi()?.fit()))
}
