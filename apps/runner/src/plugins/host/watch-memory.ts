import { readFile } from 'node:fs/promises'

/**
 * Resident memory of a process in megabytes, asked of the system; null where the system can't be asked (the process's
 * own word has to do then).
 */
export async function residentMegabytes(id: number): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1024
}
