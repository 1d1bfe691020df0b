import { fixOf, must } from '@graft/errors'
import { validateNetwork } from '../../validate-network.js'
import { FormatError } from '../../weight-format.js'
import type { Format } from '../format.js'
import { formats } from '../formats.js'
import { findModel } from '../find-model.js'
import { filesInMemory, type ModelFiles } from '../model-files.js'
import { partsOfModel, readNetwork } from '../read-network.js'
import type { Corpus } from './corpora-node.js'

/** What came of reading: a sound network, a refusal that explains itself, or something that must not be. */
export type Outcome =
  | { readonly kind: 'network' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'fault'; readonly what: string }

/** Reads files in every way in which Graft does: which files belong to it, the network, and bare weights one by one. */
export async function readAll(given: Readonly<Record<string, Uint8Array>>): Promise<Outcome> {
  const files = filesInMemory(given)
  const outcomes = [
    await outcomeOf(() => partsOfModel(files)),
    await outcomeOf(() => openWeights(files)),
    await outcomeOf(async () => validateNetwork((await readNetwork(files)).network)),
  ]
  return outcomes.find(({ kind }) => kind === 'fault') ?? must(outcomes.at(-1), 'an outcome')
}

/** Also what belongs to no architecture is read through. */
async function openWeights(files: ModelFiles): Promise<void> {
  const { format, name } = await findModel(files)
  if (format.kind !== 'weights') return
  const weights = await (format as Extract<Format, { kind: 'weights' }>).open(files, name)
  for (const tensor of weights.shapes.keys()) await weights.read(tensor)
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work()
    return { kind: 'network' }
  } catch (error) {
    const what = faultIn(error)
    return what === null ? { kind: 'refused' } : { kind: 'fault', what }
  }
}

/** What is wrong with an error itself. */
function faultIn(error: unknown): string | null {
  if (!(error instanceof FormatError))
    return `not a FormatError: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  if (error.message.length > 3000) return `a message of ${error.message.length} letters`
  if (fixOf(error, '').length <= 10) return `no way out: ${error.message}`
  return /\b(undefined|NaN|\[object Object\])/.test(error.message) ? `not for people: ${error.message}` : null
}

/** Formats that no corpus is of. */
export const withoutCorpus = (all: readonly Corpus[]): readonly string[] =>
  formats.map(({ id }) => id).filter((id) => !all.some(({ format }) => format === id))
