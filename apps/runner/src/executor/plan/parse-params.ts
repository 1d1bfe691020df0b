import { defineMigrations } from '@graft/graph-schema'
import type { GraphNode, Problem } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import type { z } from 'zod'

/** Without `params` the node can't run, and at least one of the problems is an error. */
export interface ParsedParams {
  readonly params?: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
}

/** A parameter that a wire feeds, with its value: known while running; before that, one that its schema takes. */
export type WiredValues = Readonly<Record<string, unknown>>

/**
 * Brings a node's parameters to the type's version, fills in defaults, and checks them one by one and together. Never
 * throws for bad parameters.
 */
export function parseParams(
  id: string,
  node: GraphNode,
  definition: NodeDefinition,
  wired: WiredValues = {},
  isPlan = false,
): ParsedParams {
  const error = (code: string, message: string, fix: string, field?: string): Problem => ({
    code,
    severity: 'error',
    node: id,
    ...(field ? { field } : {}),
    message,
    fix,
  })
  const migrated = defineMigrations(`node type ${definition.type}`, definition.migrations ?? []).apply(
    node.params,
    node.version,
  )
  if (migrated.status === 'newer') {
    const message = `"${id}" was written by a newer Graft: ${definition.title} version ${migrated.version}, and this one knows up to ${migrated.current}.`
    return { problems: [error('node-version-newer', message, 'Update Graft (or the plugin that provides this node).')] }
  }
  if (migrated.status === 'failed')
    return { problems: [error('node-version', migrated.message, 'Delete the node and add it again.')] }
  const parsed = definition.params.safeParse({ ...asRecord(migrated.value), ...wired })
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => problemOfIssue(issue, definition, error)) }
  // Rules over several parameters need the numbers themselves.
  if (isPlan && Object.keys(wired).length > 0) return { params: parsed.data, problems: [] }
  const problems = (definition.validate?.(parsed.data) ?? []).map((problem): Problem => ({ ...problem, node: id }))
  return problems.some((problem) => problem.severity === 'error') ? { problems } : { params: parsed.data, problems }
}

const asRecord = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

function problemOfIssue(
  issue: z.core.$ZodIssue,
  definition: NodeDefinition,
  error: (code: string, message: string, fix: string, field?: string) => Problem,
): Problem {
  const field = issue.path.join('.')
  const unknown = issue.code === 'unrecognized_keys'
  const at = unknown ? [field, issue.keys[0]].filter(Boolean).join('.') : field
  const message = unknown
    ? `${definition.title} has no parameter "${at}".`
    : `Parameter "${at}" of ${definition.title}: ${issue.message}.`
  const fix = unknown
    ? `Remove it. The parameters are: ${Object.keys(definition.params.shape).join(', ')}.`
    : `Correct "${at}"; \`graft nodes ${definition.type}\` shows what it may be.`
  return error('param-invalid', message, fix, at)
}
