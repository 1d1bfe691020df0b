import { Command } from 'commander'
import { recoverOrphans } from '../../../runs/recover.js'
import { isOver } from '../../../runs/run-store.js'
import { callError } from '../../cli-error.js'
import { findRun, openRuns } from './find-run.js'

/** `graft cancel RUN`: stops a run of any process, or takes it out of the queue. */
export function cancelCommand(): Command {
  return new Command('cancel')
    .description('Stop a run, or take it out of the queue')
    .argument('[run]', 'id of the run, the last characters of it, or "last"')
    .option('--all', 'stop every run and empty the queue')
    .action((given: string | undefined, { all }: { readonly all?: boolean }) => {
      const { store } = openRuns()
      recoverOrphans(store)
      if (given === undefined && !all)
        throw callError('run-missing', 'Which run is to be stopped?', 'Give its id, "last", or --all.')
      const runs = given === undefined ? [...store.queued(), ...store.running()] : [findRun(store, given)]
      for (const { summary } of runs) {
        if (isOver(summary))
          throw callError(
            'run-over',
            `The run ${summary.id} is ${summary.status} already.`,
            '`graft runs` shows what still runs.',
          )
        store.requestCancel(summary.id)
        process.stdout.write(
          `${summary.id}: ${summary.status === 'queued' ? 'taken out of the queue' : 'asked to stop'}\n`,
        )
      }
    })
}
