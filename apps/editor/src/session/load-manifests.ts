import { call, messageOf } from '../api/client.js'
import { editor } from '../document/store.js'
import { toast } from '../ui/toasts/toast.js'

/** Asks the runner for the node types until it answers; returns how to stop asking. */
export function loadManifests(): () => void {
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (attempt: number): Promise<void> => {
    try {
      const { nodes } = await call('listNodes')
      if (!stopped) editor.setManifests(nodes)
    } catch (error) {
      if (attempt === 0) toast('error', messageOf(error))
      if (!stopped) timer = setTimeout(() => void ask(attempt + 1), Math.min(15_000, 1000 * 2 ** attempt))
    }
  }
  void ask(0)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
