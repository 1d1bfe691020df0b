/** Those who want to hear of something. */
export interface Listeners<Value> {
  /** Adds one; the result takes it away again. */
  readonly add: (listener: (value: Value) => void) => () => void
  readonly tell: (value: Value) => void
  readonly count: () => number
}

export function createListeners<Value = void>(): Listeners<Value> {
  const listeners = new Set<(value: Value) => void>()
  return {
    add: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (value) => {
      for (const listener of listeners) listener(value)
    },
    count: () => listeners.size,
  }
}
