import type { GraphDocument } from './document.js'

const lineWidth = 120

/**
 * The text of a document: 2 spaces, keys in their own order, what fits on a line on one line (so that moving a node
 * changes one line), newline at the end. The same document always gives the same text.
 */
export function serializeDocument(document: GraphDocument): string {
  return `${format(document, 0, 0)}\n`
}

/**
 * `used` is how much of the line is taken by the key before the value. The document and its lists of nodes, edges, ...
 * are always broken up.
 */
function format(value: unknown, depth: number, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const isList = Array.isArray(value)
  const entries = Object.entries(value).filter(([, item]) => isList || item !== undefined)
  if (entries.length === 0) return isList ? '[]' : '{}'
  const short = depth > 1 ? oneLine(value) : null
  if (short !== null && used + depth * 2 + short.length <= lineWidth) return short
  const margin = '  '.repeat(depth + 1)
  const lines = entries.map(([key, item]) => {
    const label = isList ? '' : `${JSON.stringify(key)}: `
    return `${margin}${label}${format(item, depth + 1, label.length)}`
  })
  return `${isList ? '[' : '{'}\n${lines.join(',\n')}\n${'  '.repeat(depth)}${isList ? ']' : '}'}`
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`).join(', ')} }`
}
