import { type BindOptions, bindWeights } from './bind-weights.js'
import { UnknownWeights } from './binding/choose-fit.js'
import { configsBeside } from './claims/configs-beside.js'
import { exportHelp } from './claims/export-help.js'
import { neighbourFiles, withNeighbours } from './claims/neighbours.js'
import { withNormEpsilon } from './claims/norm-epsilon.js'
import { findModel } from './find-model.js'
import type { LoadedNetwork, WeightsFile } from './format.js'
import { readMetadata } from './graft-metadata.js'
import { forColourImages } from './image-channels.js'
import type { ModelFiles } from './model-files.js'

/**
 * Reads the network in a file, a folder or behind an address, with its weights, whatever its format. Bare weights are
 * bound to the network that their file describes, or to an architecture. Files beside it say how images are prepared and
 * what classes are called, where its own file doesn't.
 * @throws FormatError when there is none, when there are several, or when what is found can't be represented
 */
export async function readNetwork(files: ModelFiles, options: BindOptions = {}): Promise<LoadedNetwork> {
  const { format, name } = await findModel(files)
  const { network, tensors } = forColourImages(
    format.kind === 'network'
      ? await format.read(files, name)
      : await bound(files, name, await format.open(files, name), options),
  )
  return { network: await withNeighbours(network, files, name), tensors }
}

/** What belongs to no architecture is refused with the way out that files beside it tell. */
async function bound(files: ModelFiles, name: string, file: WeightsFile, options: BindOptions): Promise<LoadedNetwork> {
  try {
    const { network, tensors } = await bindWeights(file, files.label, options)
    const isDescribed = readMetadata(file.metadata).network !== null
    const [config] = isDescribed ? [] : await configsBeside(files, name)
    return { network: withNormEpsilon(network, config), tensors }
  } catch (error) {
    const help = error instanceof UnknownWeights ? await exportHelp(files, name) : null
    throw error instanceof UnknownWeights && help !== null ? new UnknownWeights(error.message, help) : error
  }
}

/**
 * Names of the files that `readNetwork` reads or looks for in them: what to watch to know whether the network may have
 * changed. Reads no weights. Throws FormatError where reading would fail early.
 */
export async function partsOfModel(files: ModelFiles): Promise<readonly string[]> {
  const { own, beside } = await ownPartsOfModel(files)
  return [...own, ...beside]
}

/** The same, apart: those that hold the network, and those beside it that say more of it where they are there. */
export async function ownPartsOfModel(
  files: ModelFiles,
): Promise<{ readonly own: readonly string[]; readonly beside: readonly string[] }> {
  const { format, name } = await findModel(files)
  const own = [...new Set(await format.parts(files, name))]
  return { own, beside: neighbourFiles(name, files.above).filter((file) => !own.includes(file)) }
}
