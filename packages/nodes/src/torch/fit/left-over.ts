import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Longer than any folder in use goes without a new file in it: a checkpoint, or the outputs of an epoch. */
const dayMilliseconds = 24 * 60 * 60 * 1000

/**
 * Removes folders that killed processes have left. That there is no process of such a number doesn't tell alone: other
 * containers with the same temporary folder have numbers of their own. So a folder has to be a day old too.
 */
export async function removeLeftOver(root = tmpdir(), now = Date.now()): Promise<void> {
  const names = await readdir(root).catch(() => [])
  const places = names.filter(mayBeLeft).map((name) => join(root, name))
  await Promise.all(places.map((place) => removeOld(place, now).catch(() => undefined)))
}

function mayBeLeft(name: string): boolean {
  const [, pid] = /^graft-torch-(\d+)-/.exec(name) ?? []
  return name.startsWith('graft-forward-') || (pid !== undefined && !isAlive(Number(pid)))
}

async function removeOld(place: string, now: number): Promise<void> {
  const { mtimeMs } = await stat(place)
  if (now - mtimeMs > dayMilliseconds) await rm(place, { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
