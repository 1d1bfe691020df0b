import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { stagedPrefix } from './staging.js'

const day = 24 * 3600 * 1000

/**
 * Removes what transfers have left behind that were under way when a server, or a run of a worker, was killed. Young ones
 * may belong to another.
 */
export async function removeLeftovers(temporary: string, uploads: string, now = Date.now()): Promise<void> {
  const staged = (await readdir(uploads).catch(() => []))
    .filter((name) => name.startsWith(stagedPrefix))
    .map((name) => join(uploads, name))
  const files = (await readdir(temporary).catch(() => [])).map((name) => join(temporary, name))
  for (const path of [...staged, ...files]) {
    const facts = await stat(path).catch(() => null)
    if (facts !== null && now - facts.mtimeMs > day) await rm(path, { recursive: true, force: true })
  }
}
