import { FormatError } from '../../weight-format.js'

/** Layers, or weights, of one model: the largest that Keras offers have 900 and 2,000. */
const mostEntries = 50_000
/** Bytes of a description without its weights; the largest that Keras offers have 2 MB. */
const mostBytes = 64 * 2 ** 20

/** Before a list is looked at one by one. Throws FormatError when it is longer than any model's. */
export function checkLength(length: number, of: 'layers' | 'weights', label: string): void {
  if (length <= mostEntries) return
  throw new FormatError(
    `${label} lists ${length} ${of}; at most ${mostEntries} are read, and the largest networks of images have a few thousand.`,
    'Check that the file is what you expect, and download or save the model again.',
  )
}

/** Before a description is read. Throws FormatError when it is larger than any. */
export function checkDescriptionSize(bytes: number, label: string): void {
  if (bytes <= mostBytes) return
  throw new FormatError(
    `The description of ${label} has ${Math.round(bytes / 2 ** 20)} MB; at most ${mostBytes / 2 ** 20} MB are read, and usual ones have less than 2 MB.`,
    'Weights belong into files beside it: save the model again with tensorflowjs.',
  )
}
