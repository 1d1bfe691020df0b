import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const deepest = 3
const mostFolders = 500
const mostModels = 200

/**
 * ONNX files and TensorFlow.js model folders near the top of the data roots. Looks a bounded number of folders through,
 * and follows no links.
 */
export async function findModels(
  roots: readonly string[],
): Promise<{ readonly path: string; readonly title: string }[]> {
  const found: { path: string; title: string }[] = []
  let level = [...roots]
  let seen = 0
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const below: string[] = []
    for (const folder of level) {
      if (++seen > mostFolders || found.length >= mostModels) return found
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
        const path = join(folder, entry.name)
        if (entry.isDirectory()) below.push(path)
        else if (entry.isFile() && /\.onnx$/i.test(entry.name))
          found.push({ path, title: entry.name.replace(/\.onnx$/i, '') })
        else if (entry.isFile() && entry.name === 'model.json')
          found.push({ path: folder, title: basename(dirname(path)) })
      }
    }
    level = below
  }
  return found
}
