import type { NodeDefinition } from '@graft/nodes'
import { RunRefused } from '../executor/run-options.js'
import { loadPlugins } from '../plugins/load-plugins.js'
import { executeRequest } from './execute-request.js'
import type { ChooseEngines } from './execute-request.js'
import { refuseDebugger } from './no-debugger.js'
import { toChild } from './run-request.js'
import type { RunRequest, ToParent } from './run-request.js'

/**
 * The life of a process that executes one run with the node types of `library` and of the approved plugins: waits for
 * the request, streams its events to the parent, obeys `cancel`, ends.
 */
export function serveRun(library: readonly NodeDefinition[], choose?: ChooseEngines): void {
  refuseDebugger()
  const controller = new AbortController()
  // Ctrl-C in a terminal reaches every process of the group; what it means is the parent's to decide.
  process.on('SIGINT', () => undefined)
  // The parent is gone and no one listens any more.
  process.on('disconnect', () => {
    controller.abort()
    setTimeout(() => process.exit(1), 5000).unref()
  })
  process.on('message', (json) => {
    const message = toChild.parse(json)
    if (message.type === 'cancel') controller.abort()
    else void run(message.request, library, controller.signal, choose)
  })
  void send({ type: 'ready' })
}

async function run(
  request: RunRequest,
  library: readonly NodeDefinition[],
  signal: AbortSignal,
  choose?: ChooseEngines,
): Promise<void> {
  try {
    // Plugins that can't be used were named by the parent; a graph that needs one is refused here as there.
    const { definitions } = await loadPlugins({ library })
    for await (const event of executeRequest(request, [...library, ...definitions], signal, choose))
      await send({ type: 'event', event })
  } catch (error) {
    if (!(error instanceof RunRefused)) throw error
    await send({ type: 'refused', problems: error.problems })
  }
  // Not left to the event loop: engines may hold threads that never end.
  process.exit(0)
}

/** Resolves once the message is on its way, so that ending the process loses nothing. */
function send(message: ToParent): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, () => resolve())
  })
}
