import { z } from 'zod'
import { headSchema } from '../head.js'
import { preprocessingWays } from '../preprocessing-origin.js'

const size = z.int().positive()
const triple = z.tuple([z.number(), z.number(), z.number()])

const valuesRule = z.union([
  z.object({ rule: z.enum(['full range', 'own range']) }),
  z.object({ rule: z.literal('fixed range'), from: z.number(), to: z.number() }),
])

/** `Preprocessing` as it stands in a model file. */
export const preprocessingSchema = z.object({
  height: size,
  width: size,
  resize: z.enum(['stretch', 'crop']),
  cropFraction: z.number().positive().max(1),
  interpolation: z.enum(['bilinear', 'bicubic']),
  channelOrder: z.enum(['rgb', 'bgr']),
  mean: triple,
  deviation: triple,
  values: valuesRule.exactOptional(),
})

/** `PreprocessingOrigin` as it stands in a model file. */
export const originSchema = z.object({
  how: z.enum(preprocessingWays),
  reason: z.string(),
  certain: z.boolean(),
})

const layerSchema = z.object({
  name: z.string().min(1),
  operator: z.string().min(1),
  inputs: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
  attributes: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())])),
  statistics: z.enum(['frozen', 'batch']).optional(),
})

const initializerSchema = z.union([
  z.object({ name: z.literal('zeros') }),
  z.object({ name: z.literal('ones') }),
  z.object({ name: z.literal('constant'), value: z.number() }),
  z.object({
    name: z.literal('segments'),
    segments: z.array(z.object({ length: z.int().nonnegative(), value: z.number() })).max(10_000),
  }),
  z.object({ name: z.enum(['heNormal', 'heUniform', 'glorotUniform', 'glorotNormal', 'linear']) }),
  z.object({ name: z.literal('truncatedNormal'), deviation: z.number() }),
  z.object({
    name: z.literal('windowMask'),
    size: z.int().min(1).max(1024),
    window: z.int().min(1).max(64),
    shift: z.int().min(0).max(64),
  }),
])

const parameterSchema = z.object({
  shape: z.array(z.int().nonnegative()).max(16),
  trainable: z.boolean(),
  source: z.union([
    z.object({ kind: z.literal('blob'), blob: z.string(), tensor: z.string() }),
    z.object({ kind: z.literal('initializer'), initializer: initializerSchema, seed: z.number() }),
  ]),
})

/** `Network` as it stands in a model file; its shapes and names are checked by `validateNetwork`. */
export const networkSchema = z.object({
  format: z.literal('graft-network'),
  version: z.literal(1),
  name: z.string(),
  input: z.object({ name: z.string().min(1), shape: z.tuple([size, size, size]) }),
  layers: z.array(layerSchema),
  output: z.string(),
  parameters: z.record(z.string(), parameterSchema),
  stages: z.array(z.object({ name: z.string().min(1), layers: z.array(z.string()) })),
  preprocessing: preprocessingSchema,
  preprocessingOrigin: originSchema.exactOptional(),
  head: headSchema.nullable(),
  provenance: z.object({
    source: z.string(),
    licence: z.string().nullable(),
    layout: z.string().exactOptional(),
    history: z.array(z.string()),
  }),
})
