import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type FileFacts, forget, readFacts, writeFacts } from '../kept-file.js'

/** A file on its way, beside the place where it will be. One process at a time goes on with what came before. */
export interface PartFile {
  readonly path: string
  /** Bytes that are here and can be gone on from, with what the server said of them. */
  reached(): Promise<number>
  facts(): Promise<FileFacts | null>
  /** Begins anew: whatever came before is dropped. */
  begin(facts: FileFacts): Promise<void>
  /** Lets another process go on with it. */
  release(): Promise<void>
}

/** The part of `path`: the common one, or one of this process alone while another process is at that. */
export async function claimPart(path: string): Promise<PartFile> {
  await mkdir(dirname(path), { recursive: true })
  const common = `${path}.part`
  const lock = `${common}.lock`
  const mine = await claim(lock)
  const part = mine ? common : `${path}.${process.pid}.part`
  return {
    path: part,
    facts: () => readFacts(part),
    reached: async () => ((await readFacts(part)) === null ? 0 : ((await stat(part).catch(() => null))?.size ?? 0)),
    begin: async (facts) => {
      await writeFile(part, '')
      await writeFacts(part, facts)
    },
    release: async () => {
      if (mine) await rm(lock, { force: true })
      else await forget(part)
    },
  }
}

/** Whether the lock is ours now; one that a process left behind that is no more is taken over. */
async function claim(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}.${randomUUID()}`
  await writeFile(own, String(process.pid))
  try {
    for (const _ of ['first', 'after taking an abandoned one away']) {
      // A link appears with its content or not at all, so that nobody takes a lock that is just being written.
      const linked = await link(own, lock).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      })
      if (linked !== false) return true
      if (isAlive(Number(await readFile(lock, 'utf8').catch(() => '')))) return false
      await rm(lock, { force: true })
    }
    return false
  } finally {
    await rm(own, { force: true })
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
