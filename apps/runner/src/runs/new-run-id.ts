import { randomBytes } from 'node:crypto'

/** A new run's id: sorts by time, and is unique between processes (`20261124-211530-3f9a1c`). */
export function newRunId(now = new Date()): string {
  const [date = '', time = ''] = now.toISOString().replaceAll(/[-:]/g, '').split('T')
  return `${date}-${time.slice(0, 6)}-${randomBytes(3).toString('hex')}`
}
