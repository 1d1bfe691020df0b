import { Command } from 'commander'
import { findHome } from '../../../home.js'
import { join } from 'node:path'
import { RunRefused } from '../../../executor/run-options.js'
import type { RunStore } from '../../../runs/run-store.js'
import { recoverOrphans } from '../../../runs/recover.js'
import { superviseRun } from '../../../runs/supervise-run.js'
import { openBlobStore } from '../../../store/file-blob-store.js'
import { CliError } from '../../cli-error.js'
import { colorsFor } from '../../../text/colors.js'
import { onInterrupt } from '../../on-interrupt.js'
import type { Surroundings } from '../../surroundings.js'
import { nameNodes } from '../../view/lines-of-event.js'
import { exitCodeOf, showEvents } from '../../view/show-events.js'
import { summaryLines } from '../../view/summary.js'
import { withPlugins } from '../../with-plugins.js'
import { writeOutputs } from '../../write-outputs.js'
import { findRun, openRuns } from './find-run.js'

interface ResumeFlags {
  readonly queue?: boolean
  readonly json?: boolean
  readonly out?: string
}

/** `graft resume RUN`: goes on with a run that did not come to its end, here or in the server's queue. */
export function resumeCommand(around: Surroundings, exit: (code: number) => void): Command {
  return new Command('resume')
    .description(
      'Go on with a run that was interrupted, cancelled or failed: finished nodes are reused, training starts at its last checkpoint',
    )
    .argument('<run>', 'id of the run, the last characters of it, or "last"')
    .option('--queue', 'leave it to the server instead of running it here')
    .option('--json', 'print one event per line as JSON, and nothing else')
    .option('--out <folder>', 'where files and reports go (default: ./graft-out/<run>)')
    .action(async (given: string, flags: ResumeFlags) => exit(await resume(given, flags, await withPlugins(around))))
}

/** A run that came to its end may have been killed before its files were written: they are still in the store. */
async function writeAgain(store: RunStore, id: string, flags: ResumeFlags): Promise<number> {
  const { nodes, targets } = store.state(id)
  const outputs = Object.fromEntries(targets.map((target) => [target, nodes[target]?.outputs ?? {}]))
  const files = await writeOutputs(outputs, openBlobStore(findHome().store), flags.out ?? join('graft-out', id))
  if (!flags.json) {
    process.stdout.write(`The run ${id} has succeeded; there is nothing left to run.\n`)
    for (const { path } of files) process.stdout.write(`wrote ${path}\n`)
  }
  return 0
}

async function resume(given: string, flags: ResumeFlags, around: Surroundings): Promise<number> {
  const { store } = openRuns()
  recoverOrphans(store)
  const { id, status } = findRun(store, given).summary
  if (status === 'succeeded' && !flags.queue) return writeAgain(store, id, flags)
  const resumed = flags.queue ? store.requeue(id, false) : store.resumeNow(id)
  if (resumed === null)
    // Not 2: a script that is told so begins a run where there is none yet, and here is one.
    throw new CliError(
      [
        {
          code: 'run-not-resumable',
          severity: 'error',
          message: `The run ${id} is ${status}.`,
          fix: 'Only a run that was interrupted, cancelled or failed can be resumed.',
        },
      ],
      1,
    )
  if (flags.queue) {
    process.stdout.write(`${id}: waiting for the server\n`)
    return 0
  }
  const interrupts = onInterrupt(() => process.stderr.write('Stopping… press Ctrl-C again to stop at once.\n'))
  try {
    const name = nameNodes(
      store.requestOf(id).document,
      new Map(around.library.map(({ type, title }) => [type, title])),
    )
    const course = await showEvents(
      superviseRun(id, { store, program: around.runProgram, cancel: interrupts.cancel, kill: interrupts.kill }),
      name,
      flags.json ?? false,
    ).catch((error: unknown) => {
      // Such as an engine that doesn't work today: the run has failed again, and its checkpoints stay.
      throw error instanceof RunRefused ? new CliError(error.problems, 1) : error
    })
    const blobs = openBlobStore(findHome().store)
    const files = await writeOutputs(course.end?.outputs ?? {}, blobs, flags.out ?? join('graft-out', id))
    if (!flags.json)
      process.stdout.write(
        `${(await summaryLines(course, files, blobs, name, colorsFor(process.stdout))).join('\n')}\n`,
      )
    return exitCodeOf(course.end)
  } finally {
    interrupts.dispose()
  }
}
