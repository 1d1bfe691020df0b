import { z } from 'zod'
import { defineEndpoint } from './endpoint.js'
import { idSchema } from './ids.js'

const nothing = z.object({})

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

/** A network of the catalogue, or one that was fetched by another name; what isn't known is null. */
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
  /** What pins it: the checksum of what is here; else what its hub publishes of it, which may be the beginning only. */
  sha256: z.string().nullable(),
})
export type Catalogued = z.output<typeof cataloguedSchema>

export const networkDownloadSchema = z.object({
  id: idSchema,
  source: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'stopped', 'failed']),
  /** Bytes that are here. */
  done: z.number(),
  /** Bytes in all; 0: not known. */
  total: z.number(),
  /** What pins it, once it is here. */
  sha256: z.string().nullable(),
  /** Why it failed, and what to do. */
  problem: z.object({ message: z.string(), fix: z.string() }).nullable(),
})
export type NetworkDownload = z.output<typeof networkDownloadSchema>

export const networkEndpoints = {
  listBackbones: defineEndpoint({
    method: 'GET',
    path: '/backbones',
    group: 'networks',
    summary:
      'Pre-trained networks at hand: embedded ones, model files in the folders that may be read, and those fetched by name.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ backbones: z.array(backboneSchema) }),
    status: 200,
  }),
  listNetworks: defineEndpoint({
    method: 'GET',
    path: '/networks',
    group: 'networks',
    summary: 'The catalogue of pre-trained networks that can be had by name, with what is here already.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ networks: z.array(cataloguedSchema) }),
    status: 200,
  }),
  listDownloads: defineEndpoint({
    method: 'GET',
    path: '/networks/downloads',
    group: 'networks',
    summary: 'Networks that are fetched, and what became of the last ones.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ downloads: z.array(networkDownloadSchema) }),
    status: 200,
  }),
  startDownload: defineEndpoint({
    method: 'POST',
    path: '/networks/downloads',
    group: 'networks',
    summary:
      'Fetches a network by its name or address, to stay until it is removed. One that was stopped or broke off goes on where it was; one under way is answered as it is.',
    params: nothing,
    query: nothing,
    body: z.object({ source: z.string().min(1).max(2000) }),
    response: networkDownloadSchema,
    status: 202,
    refusals: [503],
  }),
  stopDownload: defineEndpoint({
    method: 'DELETE',
    path: '/networks/downloads/{id}',
    group: 'networks',
    summary: 'Stops a download; what came is kept, and the next one goes on from there. One that is over is forgotten.',
    params: z.object({ id: idSchema }),
    query: nothing,
    body: null,
    response: null,
    status: 204,
  }),
} as const
