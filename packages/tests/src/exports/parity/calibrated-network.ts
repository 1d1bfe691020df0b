import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workplace } from '../../acceptance/run-graft.js'
import { runBeside } from '../program/python.js'
import { writeFiles } from '../program/write-files.js'
import { drawnNetwork } from './drawn-network.js'
import { imageSize, networkGraph } from './network-graph.js'

const script = fileURLToPath(new URL('../../../src/exports/parity/calibrate.py', import.meta.url))

/**
 * A file of a network with seeded weights that behave as trained ones do: nothing is constant, and the statistics of
 * batch normalisations are those of the images that it will train on. Gradients are of a usual size then, and rounding
 * grows as slowly as it does in practice.
 */
export async function calibratedNetwork(id: string, { directory }: Workplace): Promise<Uint8Array> {
  const folder = join(directory, `calibration-${id}`)
  mkdirSync(folder, { recursive: true })
  const drawn = join(folder, 'drawn.safetensors')
  writeFileSync(drawn, await drawnNetwork(id, imageSize))
  await writeFiles(networkGraph({ id, optimizer: 'sgd', statistics: 'frozen' }, drawn), directory, folder)
  runBeside(folder, script, 'made.safetensors')
  return readFileSync(join(folder, 'made.safetensors'))
}
