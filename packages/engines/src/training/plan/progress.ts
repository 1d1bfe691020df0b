import type { Host } from '../../host/host.js'
import type { FitProgress } from './fit-types.js'

const intervalMilliseconds = 100

/**
 * Reports progress ten times a second at most, and always the end; the estimate assumes the speed since this was made,
 * at `from`.
 */
export function createProgress(
  { now: clock }: Pick<Host, 'now'>,
  unit: FitProgress['unit'],
  from: number,
  emit: (event: FitProgress) => void,
  imagesPerUnit?: number,
): (done: number, total: number) => void {
  const start = clock()
  let last = -Infinity
  return (done, total) => {
    const now = clock()
    if (done < total && now - last < intervalMilliseconds) return
    last = now
    const perItem = done > from ? (now - start) / 1000 / (done - from) : null
    emit({
      type: 'progress',
      unit,
      done,
      total,
      etaSeconds: perItem === null ? null : perItem * (total - done),
      ...(imagesPerUnit !== undefined && { imagesPerUnit }),
    })
  }
}
