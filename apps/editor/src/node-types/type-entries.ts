import type { NodeManifest } from '@graft/graph-schema'
import type { Searchable } from '../ui/lists/search.js'

export interface TypeEntry extends Searchable {
  readonly manifest: NodeManifest
}

/** Node types as entries to search. */
export function typeEntries(manifests: Iterable<NodeManifest>): readonly TypeEntry[] {
  return [...manifests].map((manifest) => ({
    manifest,
    title: manifest.title,
    words: `${manifest.category} ${manifest.type}`,
    text: manifest.doc,
  }))
}

/** Entries by category, in the order in which the runner lists them. */
export function byCategory(entries: readonly TypeEntry[]): ReadonlyMap<string, readonly TypeEntry[]> {
  const groups = new Map<string, TypeEntry[]>()
  for (const entry of entries)
    groups.set(entry.manifest.category, [...(groups.get(entry.manifest.category) ?? []), entry])
  return groups
}

/** The first sentence of a node's documentation. */
export function firstSentence(doc: string): string {
  return /^[^]*?[.!?](?=\s|$)/.exec(doc.trim())?.[0] ?? doc
}
