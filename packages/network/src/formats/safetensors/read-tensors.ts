import type { ReadBlob, ReadTensor } from '../../network.js'
import { openSafetensors, type SafetensorsFile } from './read.js'

/**
 * Reads tensors out of stored safetensors blobs, for `loadTensors`. Every blob is fetched and its header checked once;
 * the blobs stay in memory as long as the function does, so make one per network.
 */
export function readTensorsFrom(readBlob: ReadBlob): ReadTensor {
  const blobs = new Map<string, SafetensorsFile>()
  return async (blob, tensor) => {
    let file = blobs.get(blob)
    if (!file) blobs.set(blob, (file = openSafetensors(await readBlob(blob))))
    return file.shapes.has(tensor) ? file.read(tensor) : null
  }
}
