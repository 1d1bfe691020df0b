import { z } from 'zod'
import type { ModelFiles } from '../../weight-format.js'

const metadataSchema = z.looseObject({
  labels: z.array(z.string()).optional(),
  wordLabels: z.array(z.string()).optional(),
})

/**
 * Class names from a `metadata.json` beside the model (as Teachable Machine writes it) or `labels.txt`; undefined when
 * neither has them.
 */
export async function readClassNames(files: ModelFiles, directory: string): Promise<readonly string[] | undefined> {
  if (files.names.includes(`${directory}metadata.json`)) {
    const metadata = metadataSchema.safeParse(parseJson(await files.read(`${directory}metadata.json`)))
    const labels = metadata.success ? (metadata.data.labels ?? metadata.data.wordLabels) : undefined
    if (labels) return labels
  }
  if (!files.names.includes(`${directory}labels.txt`)) return undefined
  const lines = new TextDecoder().decode(await files.read(`${directory}labels.txt`)).split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}

/** Undefined when the bytes are not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/**
 * Given names when they fit, with repeated ones told apart ("crane" stands for a bird and a machine in ImageNet); else
 * `class 0`, `class 1`, ...
 */
export function fitClassNames(count: number, given: readonly string[] | undefined): readonly string[] {
  if (given?.length !== count) return Array.from({ length: count }, (_, index) => `class ${index}`)
  const seen = new Map<string, number>()
  return given.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
