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
 * (`onnx/model.onnx` below the settings).
 */
export function neighbourFiles(name: string): readonly string[] {
  const folders = name.split('/').slice(0, -1)
  const levels = Array.from({ length: folders.length + 1 }, (_, level) => [...folders.slice(0, level), ''].join('/'))
  const own = neighbours.filter(({ besides }) => besides?.test(name) !== false)
  return levels.flatMap((folder) => own.map(({ file }) => folder + file))
}

/** The network with what files beside it say; what its own file says counts more. */
export async function withNeighbours(network: Network, files: ModelFiles, name: string): Promise<Network> {
  if (originOf(network).how === 'file') return network
  let result = network
  for (const file of neighbourFiles(name)) {
    const { read } = neighbours.find((neighbour) => file.split('/').at(-1) === neighbour.file) as Neighbour
    const claim = await claimIn(files, file, read)
    if (claim === null) continue
    const mayPrepare = originOf(network).how !== 'metadata'
    const { preprocessing, ...others } = claim
    result = withClaim(result, 'neighbour', {
      ...others,
      ...(mayPrepare && preprocessing !== undefined && { preprocessing, reason: `${file} beside it says so` }),
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
