import { useRef, useSyncExternalStore } from 'react'
import { createListeners } from './listeners.js'

export interface SmallStore<State> {
  readonly get: () => State
  readonly set: (patch: Partial<State>) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** A value outside React that components can watch. */
export function createStore<State extends object>(initial: State): SmallStore<State> {
  let state = initial
  const listeners = createListeners()
  return {
    get: () => state,
    set: (patch) => {
      const keys = Object.keys(patch) as (keyof State)[]
      if (keys.every((key) => Object.is(state[key], patch[key]))) return
      state = { ...state, ...patch }
      listeners.tell()
    },
    subscribe: listeners.add,
  }
}

/**
 * Watches part of a store; the component renders again only when that part changes. `isSame` compares results that are
 * made on each reading (lists); identity otherwise.
 */
export function useStoreValue<State, Value>(
  { get, subscribe }: Pick<SmallStore<State>, 'get' | 'subscribe'>,
  select: (state: State) => Value,
  isSame: (left: Value, right: Value) => boolean = Object.is,
): Value {
  const last = useRef<{ readonly state: State; readonly select: unknown; readonly value: Value } | null>(null)
  const read = (): Value => {
    const state = get()
    const known = last.current
    if (known !== null && known.state === state && known.select === select) return known.value
    const value = select(state)
    const kept = known !== null && isSame(known.value, value) ? known.value : value
    last.current = { state, select, value: kept }
    return kept
  }
  return useSyncExternalStore(subscribe, read)
}
