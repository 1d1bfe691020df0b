import { useRef, useSyncExternalStore } from 'react'

export interface SmallStore<State> {
  readonly get: () => State
  readonly set: (patch: Partial<State>) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** A value outside React that components can watch. */
export function createStore<State extends object>(initial: State): SmallStore<State> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set: (patch) => {
      const keys = Object.keys(patch) as (keyof State)[]
      if (keys.every((key) => Object.is(state[key], patch[key]))) return
      state = { ...state, ...patch }
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Watches part of a store. `select` must give the same object for the same state. */
export function useStoreValue<State extends object, Value>(
  store: SmallStore<State>,
  select: (state: State) => Value,
): Value {
  const last = useRef<{ readonly state: State; readonly value: Value; readonly select: unknown } | null>(null)
  return useSyncExternalStore(store.subscribe, () => {
    const state = store.get()
    if (last.current === null || last.current.state !== state || last.current.select !== select)
      last.current = { state, value: select(state), select }
    return last.current.value
  })
}
