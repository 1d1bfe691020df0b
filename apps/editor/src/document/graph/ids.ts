import type { GraphDocument } from '@graft/graph-schema'

/**
 * An id that no node of the document (nor of `taken`) has: the type's name, then `train-2`, `train-3`. Fits the
 * schema's pattern.
 */
export function freshNodeId(
  document: Pick<GraphDocument, 'nodes'>,
  wanted: string,
  taken: ReadonlySet<string> = new Set(),
): string {
  const cleaned = wanted
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 56)
  const base = (cleaned === '' ? 'node' : cleaned).replace(/-\d+$/, '')
  const isFree = (id: string): boolean => !Object.hasOwn(document.nodes, id) && !taken.has(id)
  if (isFree(base)) return base
  for (let number = 2; ; number++) if (isFree(`${base}-${number}`)) return `${base}-${number}`
}
