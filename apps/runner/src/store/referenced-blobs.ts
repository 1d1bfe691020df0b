import { z } from 'zod'

const blobReference = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number(), mediaType: z.string() })
const parameterSource = z.object({ kind: z.literal('blob'), blob: z.string().regex(/^[0-9a-f]{64}$/) })

/** Every blob that a JSON value names, however deep: blob references, and the weights of networks. */
export function referencedBlobs(value: unknown): Set<string> {
  const found = new Set<string>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const reference = blobReference.safeParse(part)
    if (reference.success) found.add(reference.data.sha256)
    const source = parameterSource.safeParse(part)
    if (source.success) found.add(source.data.blob)
    for (const child of Object.values(part)) visit(child)
  }
  visit(value)
  return found
}
