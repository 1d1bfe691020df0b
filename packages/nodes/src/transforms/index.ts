import { textOf } from '@graft/errors'
import type { Transform } from '@graft/graph-schema'
import { blur } from './blur.js'
import { colorJitter } from './color-jitter.js'
import { compression } from './compression.js'
import { erasing } from './erasing.js'
import { grayscale } from './grayscale.js'
import { horizontalFlip } from './horizontal-flip.js'
import { interpolation } from './interpolation.js'
import { noise } from './noise.js'
import { perspective } from './perspective.js'
import { randAugment } from './policies/rand-augment.js'
import { trivialAugment } from './policies/trivial-augment.js'
import { resizedCrop } from './resized-crop.js'
import { rotation } from './rotation.js'
import type { BoundTransform, ImageTransform } from './transform.js'
import { translation } from './translation.js'
import { verticalFlip } from './vertical-flip.js'

export type { BoundTransform, ImageTransform } from './transform.js'

/** Every augmentation that a dataset can carry; `Transform.name` picks one. */
export const transforms: readonly ImageTransform[] = [
  resizedCrop,
  horizontalFlip,
  verticalFlip,
  rotation,
  translation,
  colorJitter,
  grayscale,
  blur,
  erasing,
  perspective,
  noise,
  compression,
  interpolation,
  trivialAugment,
  randAugment,
]

/**
 * Finds and checks the transforms of a dataset; those that change nothing are left out. Throws an Error naming the
 * transform and what is wrong.
 */
export function bindTransforms(data: readonly Transform[]): readonly (BoundTransform & { readonly seed: number })[] {
  return data.map(bindTransform).filter((transform) => !transform.identity)
}

function bindTransform(data: Transform): BoundTransform & { readonly seed: number } {
  const found = transforms.find((transform) => transform.name === data.name)
  if (found === undefined)
    throw new Error(
      `There is no augmentation "${data.name}"; expected one of: ${transforms.map((transform) => transform.name).join(', ')}.`,
    )
  try {
    return { ...found.bind(data.options), seed: data.seed }
  } catch (error) {
    throw new Error(`The augmentation "${data.name}" can't be used as given: ${textOf(error)}`, { cause: error })
  }
}
