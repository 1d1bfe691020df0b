import { FormatError } from '../../weight-format.js'
import type { WeightsFile, WeightsFormat } from '../format.js'
import type { ModelFiles } from '../model-files.js'
import { openLegacy } from './open-legacy.js'
import { openZip } from './open-zip.js'
import { checkPlace, readElements } from './read-elements.js'
import { stateDictIn } from './state-dict.js'
import { pytorchWriter } from './writing/writer.js'

/**
 * State dicts as torch.save writes them, zip files (since PyTorch 1.6) and the older kind. The pickle in them is read as
 * data by an own reader that knows a list of names and runs nothing.
 */
export const pytorchFormat: WeightsFormat = {
  id: 'pytorch',
  title: 'PyTorch weights',
  kind: 'weights',
  extensions: ['.pth', '.pt', '.pth.tar', '.ckpt', '.bin'],
  nameTells: false,
  recognises: (head) => isTorchZip(head) || isPickle(head),
  parts: async (_, name) => [name],
  open: openPyTorchFile,
  writers: [pytorchWriter],
}

/** Opens a PyTorch file; tensors are read by their ranges, when they are asked for. */
export async function openPyTorchFile(files: ModelFiles, name: string): Promise<WeightsFile> {
  const opened = isZip(await files.head(name, 4)) ? await openZip(files, name) : await openLegacy(files, name)
  const tensors = stateDictIn(opened.value)
  for (const [tensorName, tensor] of tensors) checkPlace(tensorName, tensor)
  return {
    shapes: new Map([...tensors].map(([tensorName, { shape }]) => [tensorName, shape])),
    metadata: {},
    read: async (tensorName) => {
      const tensor = tensors.get(tensorName)
      if (tensor !== undefined) return readElements(tensor, opened.storage(tensor.storage))
      throw new FormatError(`The PyTorch file has no tensor ${tensorName}.`, 'Check that it belongs to this network.')
    },
  }
}

const isZip = (head: Uint8Array): boolean => [0x50, 0x4b, 0x03, 0x04].every((byte, index) => head[index] === byte)

/** By the name of the first entry (its length at 26, its letters from 30 on). */
function isTorchZip(head: Uint8Array): boolean {
  const length = (head[26] ?? 0) + 256 * (head[27] ?? 0)
  const name = new TextDecoder('latin1').decode(head.subarray(30, 30 + Math.min(length, 1000)))
  return (
    isZip(head) &&
    /(^|\/)(data\.pkl|version|byteorder|\.format_version|\.storage_alignment|constants\.pkl|data\/\d+|code\/.*\.py)$/.test(
      name,
    )
  )
}

/** PROTO 2 to 5. */
const isPickle = (head: Uint8Array): boolean => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5
