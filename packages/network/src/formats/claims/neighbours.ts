import type { Network } from '../../network.js'
import { originOf } from '../../preprocessing/origin-of.js'
import type { ModelFiles } from '../model-files.js'
import { type Claim, withClaim } from './claim.js'
import { readModelConfig } from './model-config.js'
import { readPreprocessorConfig } from './preprocessor-config.js'
import { readTeachableMachine } from './teachable-machine.js'

/** A file that programs lay beside a model. */
interface Neighbour {
  readonly file: string
  /** Names of the models that have it; any when left out. */
  readonly besides?: RegExp
  /** What it says; null when it is another file of that name. */
  read(json: unknown): Claim | null
}

/** The most trusted last. */
const neighbours: readonly Neighbour[] = [
  { file: 'metadata.json', besides: /\.json$/i, read: readTeachableMachine },
  { file: 'config.json', read: readModelConfig },
  { file: 'preprocessor_config.json', read: readPreprocessorConfig },
]

/** More than names of 21,000 classes take. */
const mostBytes = 8 * 2 ** 20

/**
 * Files that are looked for, beside a model and in the folders above it, as hubs lay models out
 * (`onnx/model.onnx` below the settings). The least trusted first: what lies nearer counts more.
 * @param above a file was given, and what lies above its folder may be looked at too (`ModelFiles.above`)
 */
export function neighbourFiles(name: string, above = false): readonly string[] {
  const folders = name.split('/').slice(0, -1)
  const levels = Array.from({ length: folders.length + 1 }, (_, level) => [...folders.slice(0, level), ''].join('/'))
  const own = neighbours.filter(({ besides }) => besides?.test(name) !== false)
  return [...(above ? ['../'] : []), ...levels].flatMap((folder) => own.map(({ file }) => folder + file))
}

/** The file that a name means in the folder above; null where it means none that is looked for there. */
export function fileAbove(name: string): string | null {
  const file = name.startsWith('../') ? name.slice(3) : ''
  return neighbours.some((neighbour) => neighbour.file === file) ? file : null
}

/**
 * Whether a model lies in a folder of its format, as transformers.js and optimum lay them out (`onnx/model.onnx`), so
 * that what is said of it lies in the folder above.
 */
export const isFolderOfFormat = (folder: string): boolean => folder === 'onnx'

/** The network with what files beside it say; what its own file says counts more. */
export async function withNeighbours(network: Network, files: ModelFiles, name: string): Promise<Network> {
  if (originOf(network).how === 'file') return network
  let result = network
  for (const file of neighbourFiles(name, files.above)) {
    const { read } = neighbours.find((neighbour) => file.split('/').at(-1) === neighbour.file) as Neighbour
    const claim = await claimIn(files, file, read)
    if (claim === null) continue
    const mayPrepare = originOf(network).how !== 'metadata'
    const { preprocessing, ...others } = claim
    result = withClaim(result, 'neighbour', {
      ...others,
      ...(mayPrepare &&
        preprocessing !== undefined && {
          preprocessing,
          reason: `${file.replace('../', '')} ${file.startsWith('../') ? 'in the folder above' : 'beside it'} says so`,
        }),
    })
  }
  return result
}

async function claimIn(files: ModelFiles, file: string, read: Neighbour['read']): Promise<Claim | null> {
  if (!(await files.has(file)) || (await files.size(file)) > mostBytes) return null
  try {
    return read(JSON.parse(new TextDecoder().decode(await files.read(file))))
  } catch {
    return null
  }
}
