import { z } from 'zod'

const documentSchema = z.object({
  nodes: z.record(z.string(), z.object({ type: z.string(), params: z.record(z.string(), z.unknown()).optional() })),
})

/** The nodes of the graph that made a model, each with its settings on one line; nothing where there is no graph. */
export function recipeOf(document: unknown): readonly string[] {
  const { data } = documentSchema.safeParse(document)
  return Object.values(data?.nodes ?? {}).map(({ type, params = {} }) => {
    const settings = Object.entries(params).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    return settings.length === 0 ? type : `${type}: ${settings.join(', ')}`
  })
}
