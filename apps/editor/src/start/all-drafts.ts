import type { DraftSummary } from '@graft/graph-schema'
import type { Draft } from '../session/drafts.js'

export type ListedDraft = Pick<DraftSummary, 'id' | 'name' | 'nodes' | 'savedAt'>

/** Edits of a saved graph are shown with that graph: it opens with them. */
const isOfSavedGraph = (id: string): boolean => id.startsWith('graph-')

/** Drafts of this browser and of the server, each once, as its newer copy is; latest first. */
export function allDrafts(mine: readonly Draft[], theirs: readonly DraftSummary[]): readonly ListedDraft[] {
  const newest = new Map<string, ListedDraft>()
  const own = mine.map(({ id, document: { name, nodes }, savedAt }) => ({
    id,
    name,
    nodes: Object.keys(nodes).length,
    savedAt,
  }))
  for (const draft of [...theirs, ...own]) {
    const known = newest.get(draft.id)
    if (!isOfSavedGraph(draft.id) && (known === undefined || known.savedAt <= draft.savedAt))
      newest.set(draft.id, draft)
  }
  return [...newest.values()].toSorted((a, b) => b.savedAt - a.savedAt)
}
