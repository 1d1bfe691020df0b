import { textOf } from '@graft/errors'
import { manifestSchema } from '@graft/graph-schema'
import { z } from 'zod'
import { schemaPatternFault } from './pattern-fault.js'
import { pluginNamePattern } from './plugin-manifest.js'

export const nodeCategories = ['Data', 'Model', 'Training', 'Advice', 'Evaluation', 'Output'] as const

/**
 * Titles and descriptions are shown on terminals and pages, where such characters act. JSON writes those below U+0020
 * as escapes; line breaks are allowed.
 */
function hasControlCharacters(manifest: unknown): boolean {
  return /\\u00[01]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(JSON.stringify(manifest).replaceAll('\\\\', ''))
}

/** What keeps a schema of an own kind from being used; null when nothing does. */
function schemaFault(schema: Readonly<Record<string, unknown>>): string | null {
  try {
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
    return null
  } catch (error) {
    return `is no JSON Schema that can be used: ${textOf(error)}`
  }
}

/** One node type as its plugin describes it; the type is still without the plugin's name. */
export const describedNode = z.strictObject({
  manifest: manifestSchema
    .refine(({ type }) => pluginNamePattern.test(type) && type.length <= 64, {
      path: ['type'],
      message: 'expected lower-case words joined by "-"',
    })
    .refine(({ category }) => (nodeCategories as readonly string[]).includes(category), {
      path: ['category'],
      message: `expected one of ${nodeCategories.join(', ')}`,
    })
    .refine((manifest) => !hasControlCharacters(manifest), 'holds control characters')
    .refine(({ params }) => params['type'] === 'object', { path: ['params'], message: 'expected a z.strictObject' })
    .superRefine(({ params, inputs, outputs }, context) => {
      const fault = schemaPatternFault(params)
      if (fault !== null) context.addIssue({ code: 'custom', path: ['params'], message: fault })
      for (const [side, ports] of Object.entries({ inputs, outputs }))
        for (const [name, { schema }] of Object.entries(ports)) {
          const faultOfPort = schema === undefined ? null : (schemaPatternFault(schema) ?? schemaFault(schema))
          if (faultOfPort !== null)
            context.addIssue({ code: 'custom', path: [side, name, 'schema'], message: faultOfPort })
        }
    }),
  hasFingerprint: z.boolean(),
  hasValidate: z.boolean(),
  readsDocument: z.boolean(),
})
export type DescribedNode = z.output<typeof describedNode>

/** Answer to `describe`. */
export const pluginDescription = z.strictObject({
  nodes: z.array(describedNode).min(1, 'a plugin has at least one node').max(200),
})
