import { describeSchema, wiredParams } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest } from '@graft/graph-schema'
import { manifestOf, NodeError } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { parseParams } from './parse-params.js'
import type { WiredValues } from './parse-params.js'

type Schema = Readonly<Record<string, unknown>>

/**
 * Values for the parameters that wires feed, for planning: the values themselves are known only when the nodes before
 * have run.
 */
export function standIns(document: GraphDocument, node: string, manifest: NodeManifest): WiredValues {
  const properties = (manifest.params['properties'] ?? {}) as Readonly<Record<string, Schema>>
  return Object.fromEntries(
    wiredParams(document, node, manifest).map((name) => [name, standIn(properties[name] ?? {})]),
  )
}

/** A number that a schema takes: its default, else the nearest to its lower bound, else to its upper one. */
function standIn(schema: Schema): unknown {
  if ('default' in schema) return schema['default']
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives)) return standIn((alternatives as readonly Schema[])[0] ?? {})
  const bound = (key: string): number | null => (typeof schema[key] === 'number' ? schema[key] : null)
  const above = bound('exclusiveMinimum')
  return (
    bound('minimum') ?? (above === null ? (bound('maximum') ?? 0) : above + (schema['type'] === 'integer' ? 1 : 1e-6))
  )
}

/**
 * A node's parameters with the numbers that arrived for them. Throws NodeError naming the parameter whose number it
 * doesn't take.
 *
 * @param params As planned, with stand-ins for what wires feed.
 */
export function withWired(
  { id, definition }: { readonly id: string; readonly definition: NodeDefinition },
  params: Readonly<Record<string, unknown>>,
  values: WiredValues,
): Readonly<Record<string, unknown>> {
  const parsed = parseParams(id, { type: definition.type, version: definition.version, params }, definition, values)
  const problem = parsed.problems.find(({ severity }) => severity === 'error')
  if (parsed.params !== undefined) return parsed.params
  const field = problem?.field ?? null
  const value = field === null ? undefined : values[field]
  throw new NodeError(
    field,
    `${value === undefined ? '' : `The number ${String(value)} arrived for "${field}". `}${problem?.message ?? 'Its parameters are not valid.'}`,
    value === undefined
      ? (problem?.fix ?? '')
      : `Feed it with ${describe(definition, field ?? '')}, or disconnect the wire.`,
  )
}

function describe(definition: NodeDefinition, name: string): string {
  const properties = (manifestOf(definition).params['properties'] ?? {}) as Readonly<Record<string, Schema>>
  return describeSchema(properties[name] ?? {})
}
