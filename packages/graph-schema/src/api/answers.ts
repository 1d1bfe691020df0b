import { z } from 'zod'
import { defineEndpoint } from './endpoint.js'
import { countInQuery, runIdSchema, sha256Schema } from './ids.js'

export const predictionSchema = z.object({
  node: z.string(),
  /** May an image be of several classes, or of none? Else it is of exactly one. */
  several: z.boolean(),
  classNames: z.array(z.string()).readonly(),
  probabilities: z.array(z.number()).readonly(),
  /** Indices of the classes that the network says are there, likeliest first. */
  chosen: z.array(z.int()).readonly(),
  milliseconds: z.number(),
})
export type Prediction = z.output<typeof predictionSchema>

const fraction = z.number().min(0).max(1)
/** A part of an image, in fractions of its width and height. */
const partSchema = z.object({ left: fraction, top: fraction, width: fraction, height: fraction })
export type ImagePart = z.output<typeof partSchema>

/** What in an image speaks for a class: how the answer changes where a part of it is covered. */
export const explanationSchema = z.object({
  node: z.string(),
  classIndex: z.int().min(0),
  className: z.string(),
  /** Of the class, with the whole image in view. */
  probability: z.number(),
  /** Width of the image by its height, as people see it. */
  aspect: z.number().positive(),
  /** The part that the network sees; the cells divide it evenly. */
  seen: partSchema,
  /** Rows of cells. 1 is the cell that the class depends on most; below 0, covering it makes the class likelier. */
  cells: z.array(z.array(z.number()).readonly()).readonly(),
  /** Where covering takes most from the class, and what is left of its probability then. */
  most: z.object({ part: partSchema, probability: z.number() }),
  milliseconds: z.number(),
})
export type Explanation = z.output<typeof explanationSchema>

/**
 * Whether an image looks like those that a network was taught and checked on. Its distance is that to the training
 * image most like it, in what the network sees before its head.
 */
export const familiaritySchema = z.object({
  node: z.string(),
  /** Validation images that lie as far from the training images as this one, or farther. */
  asFar: z.int().min(0),
  /** Validation images that were measured; 0: there are none, so nothing can be said. */
  validation: z.int().min(0),
  training: z.int().min(0),
  /** Is it farther than all but a few of them? Then it may be of none of the classes. */
  unfamiliar: z.boolean(),
})
export type Familiarity = z.output<typeof familiaritySchema>

const params = z.object({ id: runIdSchema })
const node = z.string().max(64).exactOptional()
const asked = { upload: ['image/*', 'application/octet-stream'], status: 200, refusals: [409, 422] } as const

/** What a trained network says about one image. */
export const answerEndpoints = {
  predict: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/predict',
    group: 'runs',
    summary: 'Classifies an image with the model of a finished node (default: the last that has one).',
    params,
    query: z.object({ node }),
    body: null,
    response: predictionSchema,
    ...asked,
  }),
  explain: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/explain',
    group: 'runs',
    summary:
      'Which parts of an image speak for a class (default: the likeliest): parts are covered one after the other, and the answers compared. The image is the body, or one of a dataset: the artifact of its sample list, its root (where it has one) and the id in the list.',
    params,
    query: z.object({
      node,
      class: countInQuery(0, 1_000_000).exactOptional(),
      samples: sha256Schema.exactOptional(),
      root: z.string().max(4096).exactOptional(),
      sample: z.string().min(1).max(4096).exactOptional(),
    }),
    body: null,
    response: explanationSchema,
    ...asked,
  }),
  familiarity: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/familiarity',
    group: 'runs',
    summary:
      'Whether an image lies farther from the training images than nearly all validation images, by what the network sees before its head: then it may be of none of the classes. The first time, up to 300 images go through the network.',
    params,
    query: z.object({ node }),
    body: null,
    response: familiaritySchema,
    ...asked,
  }),
} as const
