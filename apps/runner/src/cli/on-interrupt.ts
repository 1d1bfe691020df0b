import { onOutputGone } from './output-gone.js'

/**
 * What Ctrl-C asks for: the first time to stop, the second time to stop at once. SIGTERM and SIGHUP count as the first.
 */
export interface Interrupts {
  readonly cancel: AbortSignal
  readonly kill: AbortSignal
  dispose(): void
}

/** Listens for signals until disposed. `onFirst` is told, so that the person knows it was heard. */
export function onInterrupt(onFirst: () => void): Interrupts {
  const cancel = new AbortController()
  const kill = new AbortController()
  const handle = (): void => {
    if (cancel.signal.aborted) kill.abort()
    else {
      cancel.abort()
      onFirst()
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, handle)
  // Nobody reads any more, or the terminal was closed: as if they had asked for it to stop.
  const forget = onOutputGone(() => cancel.abort())
  return {
    cancel: cancel.signal,
    kill: kill.signal,
    dispose: () => {
      forget()
      for (const signal of signals) process.off(signal, handle)
    },
  }
}
