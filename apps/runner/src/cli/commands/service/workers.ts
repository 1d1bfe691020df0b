import type { WorkerSummary } from '@graft/graph-schema'
import { Command } from 'commander'
import { openDatabase } from '../../../database/open-database.js'
import { findHome } from '../../../home.js'
import { WorkerList } from '../../../runs/machines/worker-list.js'
import { formatDuration, oneLine } from '../../../text/format-values.js'
import { tableLines } from '../../../text/table.js'

/** `graft workers`: the machines that take runs from this machine's queue. */
export function workersCommand(): Command {
  return new Command('workers')
    .description("List the machines that take runs from this server's queue, and what they work on")
    .option('--json', 'print them as JSON')
    .action(({ json }: { readonly json?: boolean }) => {
      const workers = new WorkerList(openDatabase(findHome())).list()
      process.stdout.write(json ? `${JSON.stringify(workers, null, 2)}\n` : table(workers))
    })
}

function table(workers: readonly WorkerSummary[]): string {
  if (workers.length === 0)
    return 'No workers. `graft worker --server http://THIS-MACHINE:4747 --token-file TOKEN` on another machine makes one.\n'
  const rows = workers.map((worker) => [
    oneLine(worker.name),
    worker.connected
      ? (worker.runs[0] ?? 'waits for a run')
      : `not heard of for ${formatDuration(Date.now() - Date.parse(worker.lastSeen))}`,
    worker.engines.map(({ id, device }) => `${id}/${device}`).join(', ') || '-',
    `${oneLine(worker.processor)}, ${worker.cores} cores`,
  ])
  return `${tableLines([['worker', 'doing', 'engines', 'processor'], ...rows]).join('\n')}\n`
}
