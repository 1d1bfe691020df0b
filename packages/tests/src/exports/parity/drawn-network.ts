import { findArchitecture, loadTensors, writers } from '@graft/network'
import { must } from '@graft/errors'

/**
 * A file of a network with seeded weights, for images of this size; it says itself which network it is.
 * @param id an architecture's name
 */
export async function drawnNetwork(id: string, inputSize: number): Promise<Uint8Array> {
  const network = findArchitecture(id).build({ classes: 10, inputSize, seed: 5 })
  const nothingStored = (): never => {
    throw new Error(`${id} is drawn, and yet refers to a file.`)
  }
  const writer = must(
    writers.find((one) => one.id === 'safetensors'),
    'the writer of safetensors',
  )
  return writer.write(network, await loadTensors(network, nothingStored))
}
