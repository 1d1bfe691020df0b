import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const pattern = /^lease-(\d+)-(\d*)-/

/**
 * Marks a folder as used by this process until the function that it gives is called, or the process ends in whatever
 * way: who makes room passes it by (`isLeased`).
 */
export async function lease(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, `lease-${process.pid}-${startOf(process.pid)}-${randomUUID()}`)
  await writeFile(path, '')
  return () => rm(path, { force: true })
}

/** Whether a process that is alive uses the folder. What killed processes left is removed. */
export async function isLeased(folder: string): Promise<boolean> {
  const leases = (await readdir(folder).catch(() => [])).filter((name) => pattern.test(name))
  const dead = leases.filter((name) => !isAlive(name))
  await Promise.all(dead.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
  return dead.length < leases.length
}

function isAlive(name: string): boolean {
  const [, pid = '', start = ''] = pattern.exec(name) ?? []
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  // Numbers of processes are used again.
  return startOf(Number(pid)) === start
}

/** When a process started, in clock ticks since the system did: field 22 of its `stat`; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
