import { isPortKind, wireValues } from '@graft/graph-schema'
import type { Port } from '@graft/graph-schema'
import { z } from 'zod'

/**
 * What keeps a value from being what a port carries, in words that follow "no points: "; null when it is one. Graft's
 * kinds have a schema each, a plugin's own kinds bring one along.
 */
export function valueFault(port: Pick<Port, 'kind' | 'schema'>, value: unknown): string | null {
  const parsed = schemaOf(port).safeParse(value)
  if (parsed.success) return null
  const issue = parsed.error.issues[0]
  return `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}`
}

function schemaOf({ kind, schema }: Pick<Port, 'kind' | 'schema'>): z.ZodType {
  return isPortKind(kind) ? wireValues[kind] : z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
}
