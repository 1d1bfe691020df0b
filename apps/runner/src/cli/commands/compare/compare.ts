import { answersOf, comparePaired, sharedEvaluation } from '@graft/graph-schema'
import { Command } from 'commander'
import { findHome } from '../../../home.js'
import { openBlobStore } from '../../../store/file-blob-store.js'
import { writeAtomically } from '../../../store/write-atomically.js'
import { colorsFor } from '../../../text/colors.js'
import { callError } from '../../cli-error.js'
import { comparisonLines } from './comparison-lines.js'
import { gateOf } from './gate.js'
import { readMeasured } from './measured-run.js'
import { openRuns } from '../runs/find-run.js'

interface CompareFlags {
  readonly gate?: boolean
  readonly limit: string
  readonly keep?: string
  readonly json?: boolean
}

/** `graft compare A B`: which of two runs is better, and whether that is more than chance. */
export function compareCommand(exit: (code: number) => void): Command {
  return new Command('compare')
    .description('Compare two runs on the images that both were evaluated on, with a paired test')
    .argument(
      '<a>',
      'run by its id, the last characters of it or "last", or an evaluation that was kept in a .json file',
    )
    .argument('<b>', 'the run to hold against it, likewise')
    .option('--gate', 'end with code 1 when B is worse beyond chance: for continuous integration')
    .option('--limit <chance>', 'how seldom the gate may close on an equally good network, from 0 to 1', '0.05')
    .option('--keep <file>', 'write the evaluation of B into a .json file, to compare later runs with')
    .option('--json', 'print the numbers as JSON')
    .action(async (a: string, b: string, flags: CompareFlags) => exit(await compare(a, b, flags)))
}

async function compare(a: string, b: string, flags: CompareFlags): Promise<number> {
  const limit = limitOf(flags.limit)
  const { store } = openRuns()
  const blobs = openBlobStore(findHome().store)
  const [first, second] = [await readMeasured(a, store, blobs), await readMeasured(b, store, blobs)]
  const shared = sharedEvaluation(first.details, second.details)
  if (shared === null)
    throw callError(
      'nothing-to-compare',
      'The two runs were not evaluated on the same part of the data.',
      'Put Evaluate behind the trained network in both graphs, with the test or the validation images.',
    )
  const result = comparePaired(answersOf(shared.first), answersOf(shared.second))
  if (flags.gate && result.count === 0)
    throw callError(
      'no-images-in-common',
      `Of the ${shared.split} images no two are the same, so the gate can't decide.`,
      'Keep the test images: the same folder, and the same seed and shares of Split.',
    )
  const gate = gateOf(result, limit)
  if (flags.keep !== undefined) await writeAtomically(fileOf(flags.keep), `${JSON.stringify(shared.second, null, 1)}\n`)
  const colors = colorsFor(process.stdout)
  const lines = flags.json
    ? [JSON.stringify({ split: shared.split, ...result, limit, gate: gate.passed ? 'passed' : 'closed' }, null, 2)]
    : [
        ...comparisonLines(shared, result, [first.name, second.name], colors),
        ...(flags.gate ? [(gate.passed ? colors.green : colors.red)(gate.text)] : []),
      ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return flags.gate && !gate.passed ? 1 : 0
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (text.trim() !== '' && limit > 0 && limit < 1) return limit
  throw callError('limit-wrong', `--limit ${text} is no chance.`, 'Give a number between 0 and 1, such as 0.05.')
}

function fileOf(path: string): string {
  if (path.endsWith('.json')) return path
  throw callError('file-name-wrong', `--keep ${path}: the file is read again by its ending.`, `Call it ${path}.json.`)
}
