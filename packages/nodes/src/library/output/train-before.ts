import { z } from 'zod'
import { train } from '../training/train.js'

const end = z.object({ node: z.string(), port: z.string() })
const documentSchema = z.object({
  nodes: z.record(z.string(), z.object({ type: z.string() })),
  edges: z.array(z.object({ from: end, to: end })),
})

/** The last Train that the model at a node's input has come through, by the wires of a document; null where there is none. */
export function trainBefore(document: unknown, node: string): string | null {
  const { nodes, edges } = documentSchema.parse(document)
  const seen = new Set<string>()
  let current: string | undefined = node
  while (current !== undefined && !seen.has(current)) {
    if (nodes[current]?.type === train.type) return current
    seen.add(current)
    const at: string = current
    current = edges.find(({ to }) => to.node === at && to.port === 'model')?.from.node
  }
  return null
}
