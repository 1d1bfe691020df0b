import { readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../home.js'
import { writeAtomically } from '../store/write-atomically.js'

/** What a machine says about time: when it was started, by a name, and its clock against the time since then. */
export interface ClockReading {
  /** Another one after every start of the system; empty where the system doesn't tell. */
  readonly boot: string
  /** Milliseconds since 1970, which anybody may set. */
  readonly wall: number
  /** Milliseconds since the system was started, which nobody can. */
  readonly sinceBoot: number
}

const noted = z.object({ boot: z.string(), wall: z.number(), sinceBoot: z.number() })
/** Clocks are kept right by small steps all the time. */
const toleratedMilliseconds = 60_000

/**
 * Milliseconds by which the clock was set (forward: positive) since this home was last asked about; 0 where that is not
 * known: the first time, after a start of the system, and on systems other than Linux, which have no name for it. What
 * is noted is kept in `clock.json` in the home folder; a home that can't be written knows of no jumps.
 */
export async function clockJump(home: Home, reading?: ClockReading): Promise<number> {
  const now = reading ?? (await readClock())
  if (now.boot === '') return 0
  const path = join(home.root, 'clock.json')
  const before = await readNoted(path)
  await writeAtomically(path, JSON.stringify(now)).catch(() => undefined)
  if (before === null || before.boot !== now.boot) return 0
  const jump = now.wall - before.wall - (now.sinceBoot - before.sinceBoot)
  return Math.abs(jump) > toleratedMilliseconds ? Math.round(jump) : 0
}

async function readClock(): Promise<ClockReading> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return { boot: boot.trim(), wall: Date.now(), sinceBoot: uptime() * 1000 }
}

async function readNoted(path: string): Promise<ClockReading | null> {
  try {
    return noted.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}
