import { textOf } from '@graft/errors'
import type { Problem } from './problem.js'

/** A graph drawn by people stays far below these; above them a file is damaged, hostile, or not a graph. */
export const documentLimits = {
  characters: 20_000_000,
  depth: 64,
  values: 500_000,
  nodes: 5000,
  edges: 20_000,
} as const

/** Parses JSON text of a bounded length; a byte-order mark is ignored. Never throws. */
export function readJson(text: string): { readonly value: unknown } | { readonly problem: Problem } {
  if (text.length > documentLimits.characters)
    return {
      problem: tooLarge(`it is ${text.length} characters long, and at most ${documentLimits.characters} are read`),
    }
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown }
  } catch (error) {
    return { problem: notJson(text, textOf(error)) }
  }
}

/**
 * A problem when a parsed value is too deep or too large to be handled; null when it is fine. Walks without recursion.
 */
export function measureJson(json: unknown): Problem | null {
  let level: unknown[] = [json]
  let values = 0
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length
    if (depth > documentLimits.depth) return tooLarge(`it is nested deeper than ${documentLimits.depth} levels`)
    if (values > documentLimits.values) return tooLarge(`it holds more than ${documentLimits.values} values`)
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return null
}

/** A problem when a document has more nodes or edges than can be checked while someone waits; null when it is fine. */
export function measureGraph({ nodes, edges }: Readonly<Record<string, unknown>>): Problem | null {
  const counts = {
    nodes: typeof nodes === 'object' && nodes !== null ? Object.keys(nodes).length : 0,
    edges: Array.isArray(edges) ? edges.length : 0,
  }
  const over = (['nodes', 'edges'] as const).find((what) => counts[what] > documentLimits[what])
  return over === undefined
    ? null
    : tooLarge(`it has ${counts[over]} ${over}, and at most ${documentLimits[over]} are read`)
}

function tooLarge(reason: string): Problem {
  return {
    code: 'document-too-large',
    severity: 'error',
    message: `The document can't be read: ${reason}.`,
    fix: 'Check that this is the right file; images and weights belong beside a graph, not in it.',
  }
}

function notJson(text: string, cause: string): Problem {
  const position = Number(/position (\d+)/.exec(cause)?.[1] ?? Number.NaN)
  const before = text.slice(0, position).split('\n')
  const place = Number.isNaN(position) ? '' : ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  return {
    code: 'document-not-json',
    severity: 'error',
    message:
      text.trim() === ''
        ? 'The file is empty; expected a Graft graph as JSON.'
        : `The file is not valid JSON${place}: ${cause}.`,
    fix:
      text.trim() === ''
        ? '`graft templates NAME > my.graft.json` writes a graph to start from.'
        : 'Look there for a missing comma, quote or bracket; JSON allows no comments and no comma after the last item.',
  }
}
