import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { library } from '@graft/nodes'
import { exportProgram } from '@graft/runner'

/** Writes the program of a graph into a folder, where relative paths in the graph start from `base`. */
export async function writeFiles(document: GraphDocument, base: string, folder: string): Promise<void> {
  const { files } = await exportProgram({ document, base }, library)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}
