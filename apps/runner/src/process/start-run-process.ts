import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { computingEnvironment } from '@graft/engines/computing-environment'

/** A process that waits for a run. */
export interface RunProcess {
  readonly child: ChildProcess
  /** Resolves when it takes a request; never, when it ends before. */
  readonly ready: Promise<void>
}

/**
 * Starts the process of a run. Until someone uses it (`hold`), it neither keeps this process alive nor outlives it.
 * `environment` comes to this process's own. This module loads next to nothing, so that a command can start the process first and load the rest while it starts.
 */
export function startRunProcess(program: URL, environment: Readonly<Record<string, string>> = {}): RunProcess {
  const child = fork(fileURLToPath(program), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    env: computingEnvironment({ ...process.env, ...environment }),
  })
  // The first message says that it is ready; what else there is to tell is told once it has a request.
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()))
  // Without a listener a process that can't start would end this one; its user sees that it has ended.
  child.on('error', () => undefined)
  for (const held of holdsOf(child)) held.unref()
  return { child, ready }
}

/** From now on this process waits for that one. */
export function hold({ child }: RunProcess): void {
  for (const held of holdsOf(child)) held.ref()
}

/** What keeps this process alive as long as that one lives. */
function holdsOf(child: ChildProcess): readonly { ref(): void; unref(): void }[] {
  const pipes = [child.stdout, child.stderr].filter((pipe) => pipe instanceof Socket)
  return [child, ...(child.channel ? [child.channel] : []), ...pipes]
}
