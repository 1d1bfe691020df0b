/** Where a network comes from, as Load Backbone's `source` says it. */
export type ModelSource =
  | { readonly kind: 'embedded'; readonly id: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'path'; readonly path: string }

export const embeddedPrefix = 'embedded:'

/** What a source is, by how it is written. */
export function parseSource(source: string): ModelSource {
  if (source.startsWith(embeddedPrefix)) return { kind: 'embedded', id: source.slice(embeddedPrefix.length) }
  return /^https?:\/\//i.test(source) ? { kind: 'address', address: source } : { kind: 'path', path: source }
}
