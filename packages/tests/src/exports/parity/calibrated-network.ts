import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findArchitecture, type Network } from '@graft/network'
import { torchNetwork } from '@graft/nodes'
import type { Workplace } from '../../acceptance/run-graft.js'
import { runBeside } from '../program/python.js'
import { writeFiles } from '../program/write-files.js'
import { drawnNetwork } from './drawn-network.js'
import { imageSize, networkGraph } from './network-graph.js'

const script = fileURLToPath(new URL('../../../src/exports/parity/calibrate.py', import.meta.url))

/**
 * A file of a network with seeded weights that behave as trained ones do: nothing is constant, branches add little to
 * what they lead around, and the statistics of batch normalisations are those of the images that it will train on.
 * Gradients are of a usual size then, and rounding grows as slowly as it does in practice.
 */
export async function calibratedNetwork(id: string, { directory }: Workplace): Promise<Uint8Array> {
  const folder = join(directory, `calibration-${id}`)
  mkdirSync(folder, { recursive: true })
  const drawn = join(folder, 'drawn.safetensors')
  writeFileSync(drawn, await drawnNetwork(id, imageSize))
  await writeFiles(networkGraph({ id, optimizer: 'sgd', statistics: 'frozen' }, drawn), directory, folder)
  writeFileSync(join(folder, 'branches.json'), JSON.stringify(branchScales(id)))
  runBeside(folder, script, 'made.safetensors')
  return readFileSync(join(folder, 'made.safetensors'))
}

/** Scales of the batch normalisations that end a branch, as the program calls them: of what is added to what came before. */
function branchScales(id: string): readonly string[] {
  const network = findArchitecture(id).build({ classes: 10, inputSize: imageSize })
  const { names } = torchNetwork(network)
  return branchEnds(network).flatMap((key) => names.get(key) ?? [])
}

function branchEnds({ layers }: Network): readonly string[] {
  const added = new Set(layers.filter(({ operator }) => operator === 'Add').flatMap(({ inputs }) => inputs))
  return layers.flatMap(({ name, operator, parameters }) =>
    operator === 'BatchNormalization' && added.has(name) ? (parameters['scale'] ?? []) : [],
  )
}
