import { usualLeavePatience } from '../worker/perform-run.js'
import { work } from '../worker/work.js'
import type { WorkOptions } from '../worker/work.js'
import { onInterrupt } from './on-interrupt.js'

/**
 * Works until Ctrl-C, which gives the run back once all was told of it; a second one gives it back as it is, and ends
 * this process within two seconds whatever the server does. Gives the exit code.
 */
export async function workUntilInterrupted(options: Omit<WorkOptions, 'leave' | 'quit'>): Promise<number> {
  const { cancel, kill, dispose } = onInterrupt(() => options.say('Stopping… press Ctrl-C again to stop at once.'))
  const { quit } = options.patience ?? usualLeavePatience
  // A server that can't be told finds out when the lease is over.
  const endAtOnce = (): void => void setTimeout(() => process.exit(130), 2 * quit).unref()
  kill.addEventListener('abort', endAtOnce, { once: true })
  try {
    await work({ ...options, leave: cancel, quit: kill })
    return kill.aborted ? 130 : 0
  } finally {
    dispose()
  }
}
