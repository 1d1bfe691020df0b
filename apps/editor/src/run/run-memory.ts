const storageKey = 'graft.runs'
const kept = 50

/** Which run was last shown for which graph; kept in the browser, so that a reload or another window finds it. */
export interface RunMemory {
  readonly recall: (graph: string) => string | undefined
  readonly remember: (graph: string, run: string) => void
  readonly forget: (graph: string) => void
}

/** A memory in `localStorage`, or in this page only where storage is off. */
export function createRunMemory(storage: Pick<Storage, 'getItem' | 'setItem'> | null): RunMemory {
  let own: readonly (readonly [string, string])[] = []
  const read = (): readonly (readonly [string, string])[] => {
    try {
      const json: unknown = JSON.parse(storage?.getItem(storageKey) ?? 'null')
      return Array.isArray(json) ? json.filter(isEntry) : own
    } catch {
      return own
    }
  }
  const write = (entries: readonly (readonly [string, string])[]): void => {
    own = entries.slice(-kept)
    try {
      storage?.setItem(storageKey, JSON.stringify(own))
    } catch {
      // No room: this page still knows.
    }
  }
  return {
    recall: (graph) => read().find(([key]) => key === graph)?.[1],
    remember: (graph, run) => write([...read().filter(([key]) => key !== graph), [graph, run]]),
    forget: (graph) => write(read().filter(([key]) => key !== graph)),
  }
}

function isEntry(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'string')
}
