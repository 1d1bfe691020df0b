import { z } from 'zod'
import { toldApart } from '../claims/claim.js'
import type { ModelFiles } from '../model-files.js'

const metadataSchema = z.looseObject({
  labels: z.array(z.string()).optional(),
  wordLabels: z.array(z.string()).optional(),
})

/** Files that class names are looked for in, in a model's folder. */
export const classNameFiles = (directory: string): readonly string[] => [
  `${directory}metadata.json`,
  `${directory}labels.txt`,
]

/**
 * Class names from a `metadata.json` beside the model (as Teachable Machine writes it) or `labels.txt`; undefined when
 * neither has them.
 */
export async function readClassNames(files: ModelFiles, directory: string): Promise<readonly string[] | undefined> {
  const [metadataFile = '', linesFile = ''] = classNameFiles(directory)
  if (await files.has(metadataFile)) {
    const metadata = metadataSchema.safeParse(parseJson(await files.read(metadataFile)))
    const labels = metadata.success ? (metadata.data.labels ?? metadata.data.wordLabels) : undefined
    if (labels) return labels
  }
  if (!(await files.has(linesFile))) return undefined
  const lines = new TextDecoder().decode(await files.read(linesFile)).split(/\r?\n/)
  return withoutNumbers(lines.map((line) => line.trim()).filter((line) => line !== ''))
}

/** Teachable Machine numbers the lines of its `labels.txt`: `0 Cat`, `1 Dog`. */
function withoutNumbers(lines: readonly string[]): readonly string[] {
  return lines.every((line, index) => line.startsWith(`${index} `))
    ? lines.map((line, index) => line.slice(`${index} `.length).trim())
    : lines
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
  return toldApart(given)
}
