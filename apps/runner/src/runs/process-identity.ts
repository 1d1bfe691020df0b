import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { z } from 'zod'

const identity = z.object({ pid: z.int().positive(), started: z.string() })

/**
 * Names a process for good: numbers are used again, so the time at which it started belongs to it (empty where the
 * system doesn't tell).
 */
export type ProcessIdentity = z.output<typeof identity>

/** The identity of a process that is alive; null when it is not. */
export function identify(pid: number): ProcessIdentity | null {
  return isRunning(pid) ? { pid, started: startOf(pid) } : null
}

/** This process. */
export const ownIdentity: ProcessIdentity = { pid: process.pid, started: startOf(process.pid) }

/** Whether it is this process. */
export function isOwn({ pid, started }: ProcessIdentity): boolean {
  return pid === ownIdentity.pid && started === ownIdentity.started
}

/** Whether the very process is still there. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return isRunning(pid) && startOf(pid) === started
}

/**
 * Milliseconds since the process was started, whatever has been done to the clock since; null where the system doesn't
 * tell. Linux counts in hundredths of a second.
 */
export function ageOf({ started }: ProcessIdentity, sinceBoot: number = uptime() * 1000): number | null {
  return started === '' ? null : Math.max(0, Math.round(sinceBoot - Number(started) * 10))
}

export function writeIdentity({ pid, started }: ProcessIdentity): string {
  return JSON.stringify({ pid, started })
}

/** Null when there is none, or it makes no sense. */
export function readIdentity(text: string | null): ProcessIdentity | null {
  if (text === null) return null
  try {
    return identity.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return stateOf(pid) !== 'Z'
}

/**
 * Linux: field 22 of /proc/PID/stat, in clock ticks since boot. The second field may hold anything, brackets included.
 */
function startOf(pid: number): string {
  return fieldsOf(pid)[19] ?? ''
}

/** A process that has ended but was not waited for still has a number. */
function stateOf(pid: number): string {
  return fieldsOf(pid)[0] ?? ''
}

function fieldsOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
