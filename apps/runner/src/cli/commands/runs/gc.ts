import { listPulled } from '@graft/nodes'
import { Command } from 'commander'
import { cacheLimits } from '../../../cache/limits.js'
import { findHome } from '../../../home.js'
import { type Garbage, collectGarbage } from '../../../runs/collect-garbage.js'
import { callError } from '../../cli-error.js'
import { formatBytes } from '../../../text/format-values.js'
import { openRuns } from './find-run.js'

interface GcFlags {
  readonly limit?: string
  readonly keepRuns?: string
  readonly days?: string
}

/** `graft gc`: forgets old runs where asked to, and brings cache and artifacts within their budget. */
export function gcCommand(): Command {
  return new Command('gc')
    .description('Free disk space: what no kept run needs and was used longest ago goes first')
    .option('--limit <gigabytes>', 'how much may stay (default: GRAFT_CACHE_LIMIT_GB, else 20)')
    .option('--keep-runs <number>', 'also forget all but this many of the newest runs')
    .option('--days <number>', 'also forget runs that ended more than this many days ago')
    .action(async ({ limit, keepRuns, days }: GcFlags) => {
      const { store } = openRuns()
      const limitBytes = limit === undefined ? cacheLimits().disk : number(limit, '--limit') * 1e9
      const found = await collectGarbage(findHome(), store, {
        limitBytes,
        ...(keepRuns === undefined ? {} : { keepRuns: number(keepRuns, '--keep-runs') }),
        ...(days === undefined ? {} : { olderThanDays: number(days, '--days') }),
      })
      if (found.bytesOfDatabase > limitBytes / 2) process.stderr.write(`${tooManyRuns(found, limitBytes)}\n`)
      const pulled = await pulledBytes()
      process.stdout.write(
        `${found.runs} runs forgotten, ${formatBytes(found.bytesRemoved)} of ${formatBytes(found.bytesBefore)} freed${found.bytesKept > 0 ? `; kept runs need ${formatBytes(found.bytesKept)}` : ''}; the record of runs takes ${formatBytes(found.bytesOfDatabase)}${pulled > 0 ? `; pulled networks take ${formatBytes(pulled)} (\`graft models list\`, \`rm\`)` : ''}\n`,
      )
    })
}

/** Of the networks that stay until a person removes them. */
async function pulledBytes(): Promise<number> {
  const kept = (await listPulled({ cacheDirectory: findHome().derived })).filter((model) => model.kept)
  return kept.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Recorded runs are nobody's to throw away but the person's. */
const tooManyRuns = ({ bytesOfDatabase }: Garbage, limitBytes: number): string =>
  `warning: the record of runs takes ${formatBytes(bytesOfDatabase)} of the ${formatBytes(limitBytes)} that may stay, which leaves little for results. ` +
  'Forget old runs with --keep-runs 1000 or --days 90, or set a higher --limit.'

function number(text: string, option: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0))
    throw callError(
      'option',
      `${option} is "${text}"; a number from 0 was expected.`,
      `Write for instance ${option} 10.`,
    )
  return value
}
