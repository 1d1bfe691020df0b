import type { GraphNode, NodeManifest } from '@graft/graph-schema'
import { applies, appliesWhenOf } from './applies-when.js'

/**
 * What a node's card says while nothing runs: the fields that differ from their defaults, in the form's order; none
 * that mean nothing with the others as they are.
 */
export function summaryOf(node: GraphNode, manifest: NodeManifest | undefined): string {
  if (manifest === undefined) return node.type
  const properties = (manifest.params['properties'] ?? {}) as Readonly<
    Record<string, { readonly title?: string; readonly default?: unknown; readonly appliesWhen?: unknown }>
  >
  const valueOf = (name: string): unknown => node.params[name] ?? properties[name]?.default
  const parts = Object.keys(properties).flatMap((name) => {
    if (!applies(appliesWhenOf(properties[name] ?? {}), valueOf)) return []
    const value = Object.hasOwn(node.params, name) ? node.params[name] : undefined
    if (value === undefined || value === null || JSON.stringify(value) === JSON.stringify(properties[name]?.default))
      return []
    return [
      typeof value === 'string'
        ? shorten(value)
        : typeof value === 'boolean'
          ? value
            ? (properties[name]?.title ?? name)
            : `no ${lower(properties[name]?.title ?? name)}`
          : `${lower(properties[name]?.title ?? name)} ${show(value)}`,
    ]
  })
  return parts.length === 0 ? 'Defaults' : parts.slice(0, 3).join(' · ')
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function show(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)))
  if (Array.isArray(value)) return value.length > 3 ? `${value.length} items` : value.map(show).join(', ')
  return typeof value === 'object' ? '…' : String(value)
}

/** The telling end of a path or address. */
function shorten(text: string): string {
  return text.length <= 24 ? text : `…${text.slice(-22)}`
}
