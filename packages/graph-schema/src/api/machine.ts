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
} as const
