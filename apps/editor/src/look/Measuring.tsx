import type { GraphDocument } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { useManifests } from '../document/store.js'
import { doingText, progressOf, workOf } from '../run/run-progress.js'
import type { SideRunView } from '../run/side-run.js'
import { percent, timeLeft } from '../ui/format.js'

export interface MeasuringProps {
  readonly run: SideRunView
  /** What runs; null: it is about to start. */
  readonly document: GraphDocument | null
}

/** How far the look at the images is. */
export function Measuring({ run: { state }, document }: MeasuringProps): ReactElement {
  const manifests = useManifests()
  const typeOf = (id: string) => manifests.get(document?.nodes[id]?.type ?? '')
  const progress = state === null ? null : progressOf(state, (id) => workOf(typeOf(id)))
  const [running] = progress?.running ?? []
  const title = running === undefined ? null : (typeOf(running)?.title ?? running)
  return (
    <div className="look-measuring">
      <p>
        Looking at your images: usually under two minutes for a few hundred. What was looked at once is not looked at
        again.
      </p>
      <progress value={progress?.fraction ?? 0} max={1} aria-label="Looking at your images" />
      <p className="visually-hidden" role="status">
        {title === null ? 'Waiting to begin' : title}
      </p>
      <p className="numeric muted" aria-hidden="true">
        {running === undefined
          ? state?.status === 'queued'
            ? 'Waiting for its turn'
            : 'Starting'
          : doingText(title ?? '', state?.nodes[running]?.progress)}
        {progress !== null && `, ${percent(progress.fraction, 0)}`}
        {progress !== null && progress.etaSeconds !== null && `, about ${timeLeft(progress.etaSeconds)} left`}
      </p>
    </div>
  )
}
