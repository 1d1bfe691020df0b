import type { NodeContext } from '../../sdk/node-context.js'
import { progressOf } from '../../sdk/progress.js'

const steps = 100

/**
 * One progress for work in several parts, so that it doesn't begin anew with each: gives the context for the part from
 * one share of the whole to another.
 */
export function wholeProgress(context: NodeContext): (from: number, to: number) => NodeContext {
  const progress = progressOf(context, 'steps')
  return (from, to) => {
    const emit: NodeContext['emit'] = (event) => {
      if (event.type !== 'node-progress') return context.emit(event)
      const share = event.done / Math.max(1, event.total)
      progress(Math.round(steps * (from + (to - from) * share)), steps)
    }
    return Object.create(context, { emit: { value: emit } }) as NodeContext
  }
}
