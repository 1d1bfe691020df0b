import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../store/write-atomically.js'
import { hash } from './cache-key.js'
import type { Ingredients } from './cache-key.js'

const ingredients = z.object({
  type: z.string(),
  version: z.number(),
  revision: z.number().exactOptional(),
  params: z.record(z.string(), z.unknown()),
  inputs: z.record(z.string(), z.array(z.object({ node: z.string(), output: z.string(), key: z.string() }))),
  fingerprint: z.string().exactOptional(),
  engine: z.string().exactOptional(),
  document: z.string().exactOptional(),
})
const history = z.record(z.string(), z.object({ key: z.string(), ingredients }))

/** What every node of one graph was made of when it last gave a result, by node id. */
export type History = Readonly<Record<string, { readonly key: string; readonly ingredients: Ingredients }>>

/**
 * Remembers one graph's last run, so that the next one can say what changed. Losing it costs explanations, never
 * results.
 */
export interface HistoryFile {
  read(): Promise<History>
  write(history: History): Promise<void>
}

/** The history of the graph called `graph` (its absolute path, or a template's name). */
export function openHistory(directory: string, graph: string): HistoryFile {
  const path = join(directory, `${hash(graph).slice(0, 32)}.json`)
  return {
    read: async () => {
      try {
        const parsed = history.safeParse(JSON.parse(await readFile(path, 'utf8')))
        return parsed.success ? parsed.data : {}
      } catch {
        return {}
      }
    },
    write: (value) => writeAtomically(path, JSON.stringify(value)).catch(() => undefined),
  }
}
