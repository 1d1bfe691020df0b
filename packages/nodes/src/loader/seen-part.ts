import type { Sample } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { plainPlan } from '../image/view.js'
import { decodeSample } from '../image-files/decode.js'

/** What a network sees of a sample, in fractions of its width and height. */
export interface SeenPart {
  /** Width of the whole image by its height. */
  readonly aspect: number
  readonly part: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
}

/** Throws the decoder's error. */
export async function seenPart(sample: Sample, preprocessing: Preprocessing): Promise<SeenPart> {
  const { width, height } = await decodeSample(sample, preprocessing)
  const { region } = plainPlan({ width, height }, preprocessing)
  const fraction = (value: number, of: number): number => Math.min(1, Math.max(0, value / of))
  return {
    aspect: width / height,
    part: {
      left: fraction(region.left, width),
      top: fraction(region.top, height),
      width: fraction(region.width, width),
      height: fraction(region.height, height),
    },
  }
}
