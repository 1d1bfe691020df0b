import type { RunSummary } from '@graft/graph-schema'

/** More columns can't be read side by side. */
export const mostCompared = 8

/** The runs to compare after one was selected or not any more; of too many the one selected first gives way. */
export function toggleCompared(compared: readonly string[], id: string): readonly string[] {
  return compared.includes(id) ? compared.filter((other) => other !== id) : [...compared, id].slice(-mostCompared)
}

/** Pages joined into one list: newest first, each run once, with its newest state. */
export function joinPages(known: readonly RunSummary[], page: readonly RunSummary[]): readonly RunSummary[] {
  const byId = new Map(known.map((run) => [run.id, run]))
  for (const run of page) byId.set(run.id, run)
  return [...byId.values()].toSorted((a, b) =>
    a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.id < b.id ? 1 : -1,
  )
}
