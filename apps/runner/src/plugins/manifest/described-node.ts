import { manifestSchema } from '@graft/graph-schema'
import { z } from 'zod'
import { pluginNamePattern } from './plugin-manifest.js'

export const nodeCategories = ['Data', 'Model', 'Training', 'Advice', 'Evaluation', 'Output'] as const

/** One node type as its plugin describes it; the type is still without the plugin's name. */
export const describedNode = z.strictObject({
  manifest: manifestSchema.refine(({ type }) => pluginNamePattern.test(type) && type.length <= 64, { path: ['type'], message: 'expected lower-case words joined by "-"' })
    .refine(({ category }) => (nodeCategories as readonly string[]).includes(category), { path: ['category'], message: `expected one of ${nodeCategories.join(', ')}` })
    .refine(({ params }) => params['type'] === 'object', { path: ['params'], message: 'expected a z.strictObject' }),
  hasFingerprint: z.boolean(),
  hasValidate: z.boolean(),
  readsDocument: z.boolean(),
})
export type DescribedNode = z.output<typeof describedNode>

/** Answer to `describe`. */
export const pluginDescription = z.strictObject({ nodes: z.array(describedNode).min(1, 'a plugin has at least one node').max(200) })
