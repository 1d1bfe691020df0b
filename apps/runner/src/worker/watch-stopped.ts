import { readFileSync } from 'node:fs'

const lookMilliseconds = 1000

/**
 * What is told the number of a run's process, and looks after it from then on: aborts once it has been stopped (SIGSTOP, a
 * debugger) for so many seconds. Nothing else would end it, since this process goes on telling that the run is alive. Goes
 * by what the system says of it (Linux), not by silence: a computation may be silent for as long as it takes.
 */
export function watchStopped(seconds: number, stopped: AbortController): (pid: number) => void {
  return (pid) => {
    // In looks, so that time for which this process stands still as well doesn't count.
    let looks = 0
    const timer = setInterval(() => {
      const state = stateOf(pid)
      looks = state === 'T' || state === 't' ? looks + 1 : 0
      if (state === null || looks * lookMilliseconds > seconds * 1000) clearInterval(timer)
      if (looks * lookMilliseconds > seconds * 1000) stopped.abort()
    }, lookMilliseconds).unref()
  }
}

/** The letter that Linux has for what a process does; null where there is none, or another system. */
function stateOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.charAt(text.lastIndexOf(')') + 2)
  } catch {
    return null
  }
}
