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
    words: `${manifest.category} ${manifest.type} ${manifest.keywords.join(' ')} ${fieldWords(manifest.params).join(' ')}`,
    text: manifest.doc,
  }))
}

/** Names and titles of a form's fields, inner ones too, so that `learning rate` finds Train. */
function fieldWords(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]): readonly string[] => {
    if (key === 'properties' && typeof value === 'object' && value !== null)
      return Object.entries(value).flatMap(([name, inner]) => [name, ...titleOf(inner), ...fieldWords(inner)])
    return key === 'default' || key === 'enum' ? [] : fieldWords(value)
  })
}

const titleOf = (field: unknown): readonly string[] =>
  typeof field === 'object' && field !== null && 'title' in field && typeof field.title === 'string'
    ? [field.title]
    : []

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
