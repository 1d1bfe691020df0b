import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '@graft/graph-schema'

const graft = join(fileURLToPath(new URL('../../../../', import.meta.url)), 'apps/runner/bin/graft.mjs')

export interface CommandEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
  readonly events: readonly RunEvent[]
}

/** A `graft` command under way. */
export interface Command {
  readonly child: ChildProcess
  readonly end: Promise<CommandEnd>
}

export function startCommand(words: readonly string[], environment: Readonly<Record<string, string>>): Command {
  const child = spawn(process.execPath, [graft, ...words], {
    env: { ...process.env, NO_COLOR: '1', GRAFT_CHECKPOINT_SECONDS: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  const end = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      // A child of a killed command may hold its output open for a moment more.
      setTimeout(() => resolve({ code, signal, stderr: printed.stderr, events: eventsIn(printed.stdout) }), 50),
    )
  })
  return { child, end }
}

/** Whole lines only: a killed command may have been cut off in one. */
function eventsIn(text: string): RunEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent)
}

/** The stored weights that a run's training gave, or reused; null when it gave none. */
export function weightsIn(events: readonly RunEvent[]): string | null {
  const given = events.findLast(
    (event) => (event.type === 'node-finished' || event.type === 'node-cached') && event.node === 'train',
  )
  if (given?.type !== 'node-finished' && given?.type !== 'node-cached') return null
  const { model } = given.outputs as {
    model: { network: { parameters: Record<string, { source: { blob?: string } }> } }
  }
  const blobs = Object.values(model.network.parameters).flatMap(({ source }) => source.blob ?? [])
  return [...new Set(blobs)].toSorted().join(' ')
}
