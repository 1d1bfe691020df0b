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
    .superRefine(({ params }, context) => {
      const fault = schemaPatternFault(params)
      if (fault !== null) context.addIssue({ code: 'custom', path: ['params'], message: fault })
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
