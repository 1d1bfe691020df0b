import type { z } from 'zod'
import type { FloatImage } from '../image/image.js'
import type { ViewPlan } from '../image/view.js'

export type Random = () => number

/** What a transform may know of the image that a view is cut from. */
export interface SourceFacts {
  readonly width: number
  readonly height: number
}

/** What a transform may know of the result while changing pixels. */
export interface PixelFacts {
  /** Colour of nothing, 0 to 255: the network's mean, which becomes zero after normalisation. */
  readonly fill: readonly [number, number, number]
}

/**
 * One kind of augmentation. Geometry changes the plan by which the view is cut (all of it is combined into one
 * resampling); pixels are changed after, at the network's size. Every random number comes from `random`, which is
 * seeded by (seed, image, view); both methods get their own sequence.
 */
export interface TransformSpec<Options extends z.ZodObject> {
  readonly name: string
  readonly options: Options
  /** True when these options leave every image alone. */
  isIdentity(options: z.output<Options>): boolean
  geometry?(plan: ViewPlan, options: z.output<Options>, random: Random, source: SourceFacts): void
  pixels?(image: FloatImage, options: z.output<Options>, random: Random, facts: PixelFacts): void
}

/** A transform whose options are checked and fixed. */
export interface BoundTransform {
  readonly name: string
  readonly identity: boolean
  /** False for those that are geometry alone: bytes then stay bytes. */
  readonly changesPixels: boolean
  geometry(plan: ViewPlan, random: Random, source: SourceFacts): void
  pixels(image: FloatImage, random: Random, facts: PixelFacts): void
}

export interface ImageTransform {
  readonly name: string
  readonly optionNames: readonly string[]
  /** Checks options and fixes them; throws a ZodError that names the option. */
  bind(options: unknown): BoundTransform
}

/** Hides the type of the options, so that transforms of all kinds fit one list. */
export function defineTransform<Options extends z.ZodObject>(spec: TransformSpec<Options>): ImageTransform {
  return {
    name: spec.name,
    optionNames: Object.keys(spec.options.shape),
    bind(options) {
      const parsed = spec.options.parse(options)
      return {
        name: spec.name,
        identity: spec.isIdentity(parsed),
        changesPixels: spec.pixels !== undefined,
        geometry: (plan, random, source) => spec.geometry?.(plan, parsed, random, source),
        pixels: (image, random, facts) => spec.pixels?.(image, parsed, random, facts),
      }
    },
  }
}
