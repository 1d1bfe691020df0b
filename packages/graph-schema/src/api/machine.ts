import { z } from 'zod'
import { defineEndpoint } from './endpoint.js'

const nothing = z.object({})

export const engineInfoSchema = z.object({
  /** What a run asks for it by. */
  id: z.string(),
  available: z.boolean(),
  trains: z.boolean(),
  /** What it computes on, in words. */
  hardware: z.string(),
  backend: z.string(),
  versions: z.record(z.string(), z.string()),
  speed: z
    .object({
      convolution: z.number(),
      depthwise: z.number(),
      matrixProduct: z.number(),
      callMilliseconds: z.number().exactOptional(),
      trainedConvolution: z.number().exactOptional(),
      trainedDepthwise: z.number().exactOptional(),
      trainedMatrixProduct: z.number().exactOptional(),
      trainedParameters: z.number().exactOptional(),
      stepMilliseconds: z.number().exactOptional(),
    })
    .exactOptional(),
  problem: z.string().exactOptional(),
  notes: z.array(z.string()).readonly(),
})
export type EngineInfoJson = z.output<typeof engineInfoSchema>

export const machineSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  processor: z.string(),
  cores: z.int(),
  memoryTotal: z.number(),
  memoryFree: z.number(),
  cacheBytes: z.number(),
  cacheLimit: z.number(),
})
export type Machine = z.output<typeof machineSchema>

export const backboneSchema = z.object({
  /** What Load Backbone's `source` takes. */
  source: z.string(),
  title: z.string(),
  inputSize: z.number().nullable(),
  parameters: z.number().nullable(),
  accuracy: z.number().exactOptional(),
  licence: z.string().nullable(),
})
export type Backbone = z.output<typeof backboneSchema>

/** A network of the catalogue; what isn't known is null. */
export const cataloguedSchema = backboneSchema.extend({
  family: z.string(),
  /** Why one would take it. */
  why: z.string(),
  /** To download, about. */
  bytes: z.number().nullable(),
  /** Size of the images that `accuracy` was measured on. */
  accuracySize: z.number().exactOptional(),
  speed: z.enum(['fast', 'medium', 'slow']).nullable(),
  /** Milliseconds per image that a forward pass takes here at least, from what was measured of the machine. */
  milliseconds: z.number().nullable(),
  /** Fetched already. */
  here: z.boolean(),
})
export type Catalogued = z.output<typeof cataloguedSchema>

export const machineEndpoints = {
  getEngines: defineEndpoint({
    method: 'GET',
    path: '/engines',
    group: 'machine',
    summary: 'Engines and the machine they run on.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ engines: z.array(engineInfoSchema), machine: machineSchema }),
    status: 200,
  }),
  listBackbones: defineEndpoint({
    method: 'GET',
    path: '/backbones',
    group: 'machine',
    summary: 'Pre-trained networks at hand: embedded ones, model files in the data roots, and those fetched by name.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ backbones: z.array(backboneSchema) }),
    status: 200,
  }),
  listNetworks: defineEndpoint({
    method: 'GET',
    path: '/networks',
    group: 'machine',
    summary: 'The catalogue of pre-trained networks that can be had by name, with what is here already.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ networks: z.array(cataloguedSchema) }),
    status: 200,
  }),
} as const
