import { type NamedModel, huggingFaceHub, isRepository, parseName } from '../../../hubs/index.js'

/** Where a network comes from, as Load Backbone's `source` says it. */
export type ModelSource =
  | { readonly kind: 'embedded'; readonly id: string }
  | { readonly kind: 'address'; readonly address: string }
  | ({ readonly kind: 'name' } & NamedModel)
  | { readonly kind: 'path'; readonly path: string }

export const embeddedPrefix = 'embedded:'

/** What a source is, by how it is written. */
export function parseSource(source: string): ModelSource {
  if (source.startsWith(embeddedPrefix)) return { kind: 'embedded', id: source.slice(embeddedPrefix.length) }
  const page = pageOfHub(source)
  if (page !== null) return { kind: 'name', hub: huggingFaceHub, name: page }
  if (/^https?:\/\//i.test(source)) return { kind: 'address', address: source }
  const named = parseName(source)
  return named === null ? { kind: 'path', path: source } : { kind: 'name', ...named }
}

/** The repository whose page on the hub people copy the address of; null for other addresses. */
function pageOfHub(source: string): string | null {
  const [, name = '', revision] =
    /^https?:\/\/(?:huggingface\.co|hf\.co)\/([\w.-]+\/[\w.-]+)(?:\/tree\/([\w.-]+))?\/?(?:[?#].*)?$/i.exec(source) ??
    []
  if (name === '' || /^(datasets|spaces|docs|blog|papers|collections)\//.test(name)) return null
  return revision === undefined || revision === 'main' ? name : `${name}@${revision}`
}

/**
 * The same, where `ORGANISATION/REPOSITORY` is one of the Hugging Face hub unless there is such a path, and what reads
 * like timm's is a path where there is one.
 */
export async function locateSource(source: string, exists: (path: string) => Promise<boolean>): Promise<ModelSource> {
  const parsed = parseSource(source)
  if (parsed.kind === 'name' && source.includes('/') && !source.includes(':') && (await exists(source)))
    return { kind: 'path', path: source }
  if (parsed.kind === 'path' && isRepository(source) && !(await exists(source)))
    return { kind: 'name', hub: huggingFaceHub, name: source }
  return parsed
}
