import type { NodeContext } from './node-context.js'

/** A callback that turns (done, total) into progress events with an estimate of the time left; at most ten a second. */
export function progressOf(context: Pick<NodeContext, 'emit'>, unit: string): (done: number, total: number) => void {
  const started = performance.now()
  let last = -Infinity
  return (done, total) => {
    const now = performance.now()
    if (now - last < 100 && done < total) return
    last = now
    const etaSeconds = done > 0 ? (((now - started) / done) * (total - done)) / 1000 : null
    context.emit({ type: 'node-progress', done, total, unit, etaSeconds })
  }
}
