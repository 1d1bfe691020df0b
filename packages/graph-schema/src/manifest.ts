import { z } from 'zod'
import { ownKindPattern, portKinds, splits } from './ports.js'
import type { OwnKind } from './ports.js'

const factSource = z.union([z.object({ param: z.string() }), z.object({ port: z.string() })])

const ownKind = z.custom<OwnKind>(
  (value) => typeof value === 'string' && value.length <= 129 && ownKindPattern.test(value),
)

const kindsExpected = `Expected one of ${portKinds.join(', ')}, or a kind of the plugin's own such as "my-plugin/points"`

const portSchema = z
  .object({
    kind: z.union([z.enum(portKinds), ownKind], kindsExpected),
    schema: z.record(z.string(), z.unknown()).exactOptional(),
    splits: z.array(z.enum(splits)).readonly().exactOptional(),
    title: z.string(),
    description: z.string(),
    optional: z.boolean().exactOptional(),
    neededFor: z.object({ param: z.string(), values: z.array(z.unknown()).readonly() }).exactOptional(),
    multiple: z.boolean().exactOptional(),
    splitsFrom: z.string().exactOptional(),
    classesFrom: factSource.exactOptional(),
    feeds: z.string().exactOptional(),
  })
  .refine(({ kind, schema }) => kind.includes('/') === (schema !== undefined), {
    path: ['schema'],
    message: 'a kind of its own needs a schema, and only such a kind has one',
  })

/**
 * The JSON face of a node type: all that the editor, `check` and the docs know of it. Derived from its `defineNode`.
 */
export const manifestSchema = z.object({
  type: z.string().min(1),
  version: z.int().min(1),
  title: z.string(),
  category: z.string(),
  doc: z.string(),
  /** Other words by which people look for it; titles and fields are found anyway. */
  keywords: z.array(z.string()).readonly().default([]),
  inputs: z.record(z.string(), portSchema),
  outputs: z.record(z.string(), portSchema),
  /**
   * JSON Schema of the params, from `z.toJSONSchema(params, { io: 'input' })`: what may be left out is not required.
   */
  params: z.record(z.string(), z.unknown()),
  isOutput: z.boolean().default(false),
  usesEngine: z.boolean().default(false),
  /** Names of the params' migrations; the n-th leads to version n + 1. */
  migrations: z.array(z.string()).readonly().default([]),
  /**
   * Ports and parameters whose numbers of classes must be the same: Add Head's `classes` and its data, Train's model,
   * train and val.
   */
  sameClasses: z.array(z.array(factSource).readonly()).readonly().default([]),
})

export type NodeManifest = Readonly<z.output<typeof manifestSchema>>

/**
 * Reads a manifest from JSON (a plugin's, or the runner's over HTTP). Throws an Error that names the field when it
 * isn't one.
 */
export function parseManifest(json: unknown): NodeManifest {
  const result = manifestSchema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const type = typeof json === 'object' && json !== null && 'type' in json ? ` of node type "${String(json.type)}"` : ''
  throw new Error(
    `The manifest${type} is not valid: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}. Update the plugin that provides it.`,
  )
}
