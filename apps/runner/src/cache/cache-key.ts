import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.js'

/** One edge into a node: which output of which node, and the cache key of that node. */
export interface InputIngredient {
  readonly node: string
  readonly output: string
  readonly key: string
}

/** All that a node's result depends on, and no more: never its own id, title or position. */
export interface Ingredients {
  readonly type: string
  readonly version: number
  /** Of what the node gives, where that has changed since it was first written. */
  readonly revision?: number
  /** As parsed, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>
  /** By input port, in the order of the edges. */
  readonly inputs: Readonly<Record<string, readonly InputIngredient[]>>
  /** What a node that reads the world says about it. */
  readonly fingerprint?: string
  /** Engines with their versions, for nodes whose results depend on them. */
  readonly engine?: string
  /** Hash of the document, for nodes that show it. */
  readonly document?: string
}

/** Raised when the meaning of a stored result changes, so that old ones are not taken for new ones. */
const layoutVersion = 1

/**
 * The content key of a node's result, sha256 in hexadecimal. Ids of upstream nodes don't enter it: renaming a node
 * reuses everything.
 */
export function cacheKey(ingredients: Ingredients): string {
  const inputs = Object.fromEntries(
    Object.entries(ingredients.inputs).map(([port, edges]) => [port, edges.map((edge) => [edge.output, edge.key])]),
  )
  return hash(canonicalJson({ layoutVersion, ...ingredients, inputs }))
}

/** sha256 of a text, in hexadecimal. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
