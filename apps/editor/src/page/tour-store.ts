import { createStore, useStoreValue } from '../ui/store/create-store.js'

const key = 'graft.tour'

interface TourState {
  /** Which step is shown; null: no tour. */
  readonly step: number | null
  readonly runAtStart: string | null
}

const store = createStore<TourState>({ step: null, runAtStart: null })

export const tour = store
export const useTour = (): number | null => useStoreValue(store, selectStep)
const selectStep = ({ step }: TourState): number | null => step

/** Whether the tour was finished or dismissed in this browser. */
export function wasTourSeen(): boolean {
  try {
    return localStorage.getItem(key) === 'seen'
  } catch {
    return true
  }
}

export function startTour(): void {
  store.set({ step: 0, runAtStart: null })
}

/** Ends the tour; it isn't offered again, but can be started from the start page. */
export function endTour(): void {
  try {
    localStorage.setItem(key, 'seen')
  } catch {
    // Storage is off: it is offered again, which does no harm.
  }
  store.set({ step: null })
}
