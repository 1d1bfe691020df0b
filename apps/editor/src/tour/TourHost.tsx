import { lazy, Suspense } from 'react'
import type { ReactElement } from 'react'
import { useTour } from '../page/tour-store.js'

const Tour = lazy(() => import('./Tour.js').then(({ Tour: component }) => ({ default: component })))

/** The tour, where one is going on; nothing of it is loaded otherwise. */
export function TourHost(): ReactElement | null {
  const step = useTour()
  return step === null ? null : (
    <Suspense fallback={null}>
      <Tour step={step} />
    </Suspense>
  )
}
