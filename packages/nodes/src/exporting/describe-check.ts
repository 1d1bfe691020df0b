import type { FormatWriter } from '@graft/network'
import type { FileCheck } from './check-file.js'

/** What was found, in one sentence for logs, and whether it is as it should be. */
export function describeCheck(
  writer: Pick<FormatWriter, 'tolerance'>,
  { runtime, images, largest, same, reduced }: FileCheck,
  whose: 'own' | 'generated',
): { readonly text: string; readonly fine: boolean } {
  const fine = largest <= writer.tolerance
  const which = whose === 'own' ? `${images} of your images` : `${images} generated images`
  const answers = same === images ? 'all get the same answer' : `${same} of ${images} get the same answer`
  const difference = `largest difference of a probability ${largest === 0 ? '0' : largest.toPrecision(2)}`
  const warning = fine
    ? ''
    : ` That is more than is usual for this format (${writer.tolerance}): look at the answers before you rely on it.`
  const large =
    reduced.images === 0
      ? ''
      : ` Graft itself reduces very large images first (${reduced.images} of these); there the difference is up to ${reduced.largest.toPrecision(2)}.`
  return { text: `Checked in ${runtime} on ${which}: ${answers}, ${difference}.${large}${warning}`, fine }
}
