import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeased, lease } from '@graft/engines'

/** Marks of this process: one for each network is enough. */
const marked = new Set<string>()

const folderOf = (name: string, cacheDirectory: string): string =>
  join(cacheDirectory, 'models', 'in-use', createHash('sha256').update(name).digest('hex').slice(0, 32))

/** Says that this process needs the network of this name: its files stay until the process ends, in whatever way. */
export async function markInUse(name: string, cacheDirectory: string): Promise<void> {
  const folder = folderOf(name, cacheDirectory)
  if (marked.has(folder)) return
  marked.add(folder)
  await mkdir(folder, { recursive: true })
  await lease(folder)
}

/** Whether a process that is alive needs the network of this name. */
export const isInUse = (name: string, cacheDirectory: string): Promise<boolean> =>
  isLeased(folderOf(name, cacheDirectory))
