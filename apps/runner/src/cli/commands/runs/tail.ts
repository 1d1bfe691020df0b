import { Command } from 'commander'
import type { RunEvent } from '@graft/graph-schema'
import { isOver } from '../../../runs/run-store.js'
import { recoverOrphans } from '../../../runs/recover.js'
import type { Surroundings } from '../../surroundings.js'
import { nameNodes } from '../../view/lines-of-event.js'
import { exitCodeOf, viewFor } from '../../view/show-events.js'
import { findRun, openRuns } from './find-run.js'
import type { OpenRuns } from './find-run.js'

const pollMilliseconds = 150

/** `graft tail RUN`: follows a run of any process until it is over. Ends as `graft run` would. */
export function tailCommand({ library }: Surroundings, exit: (code: number) => void): Command {
  return new Command('tail')
    .description('Follow a run from its beginning, no matter which process executes it')
    .argument('<run>', 'id of the run, the last characters of it, or "last"')
    .option('--from <number>', 'sequence number of the first event', '0')
    .option('--json', 'print one event per line as JSON, and nothing else')
    .action(async (given: string, { from, json }: { readonly from: string; readonly json?: boolean }) => {
      const runs = openRuns()
      const { summary } = findRun(runs.store, given)
      const view = viewFor(
        nameNodes(runs.store.requestOf(summary.id).document, new Map(library.map(({ type, title }) => [type, title]))),
        json ?? false,
      )
      let last: RunEvent | null = null
      for await (const event of follow(runs, summary.id, Math.max(0, Math.floor(Number(from)) || 0))) {
        view.show(event)
        last = event
      }
      view.close()
      exit(exitCodeOf(last))
    })
}

/** The events of a run, those there are and those to come, until it is over. */
async function* follow({ store, database }: OpenRuns, run: string, from: number): AsyncGenerator<RunEvent, void, void> {
  let next = from
  let version = -1
  for (;;) {
    const now = database.version()
    if (now !== version) {
      // Asked before the events are read: what is written in between is found with the next change, or is there
      // already.
      const over = isOver(store.find(run)?.summary ?? { status: 'cancelled' })
      const events = store.events(run, next)
      yield* events
      next = (events.at(-1)?.sequence ?? next - 1) + 1
      if (over) return
      version = now
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds))
    recoverOrphans(store)
  }
}
