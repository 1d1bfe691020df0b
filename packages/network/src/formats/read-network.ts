import { type BindOptions, bindWeights } from './bind-weights.js'
import { findModel } from './find-model.js'
import type { LoadedNetwork } from './format.js'
import type { ModelFiles } from './model-files.js'

/**
 * Reads the network in a file, a folder or behind an address, with its weights, whatever its format. Bare weights are
 * bound to the network that their file describes, or to an architecture.
 * @throws FormatError when there is none, when there are several, or when what is found can't be represented
 */
export async function readNetwork(files: ModelFiles, options: BindOptions = {}): Promise<LoadedNetwork> {
  const { format, name } = await findModel(files)
  return format.kind === 'network'
    ? format.read(files, name)
    : bindWeights(await format.open(files, name), files.label, options)
}

/**
 * Names of the files that `readNetwork` reads or looks for in them: what to watch to know whether the network may have
 * changed. Reads no weights. Throws FormatError where reading would fail early.
 */
export async function partsOfModel(files: ModelFiles): Promise<readonly string[]> {
  const { format, name } = await findModel(files)
  return format.parts(files, name)
}
