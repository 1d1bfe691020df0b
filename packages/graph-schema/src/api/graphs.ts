import { z } from 'zod'
import { documentSchema } from '../document.js'
import { anyDocumentSchema } from './catalogue.js'
import { defineEndpoint } from './endpoint.js'
import { draftIdSchema, graphIdSchema, timeSchema } from './ids.js'

const nothing = z.object({})
const params = z.object({ id: graphIdSchema })
const versionNumber = z.int().min(1)
const versionParams = z.object({ id: graphIdSchema, version: z.coerce.number().int().min(1).max(1e9) })

export const graphSummarySchema = z.object({
  id: graphIdSchema,
  name: z.string(),
  description: z.string(),
  version: versionNumber,
  updatedAt: timeSchema,
  nodes: z.int().min(0),
})
export type GraphSummary = z.output<typeof graphSummarySchema>

export const graphVersionSchema = z.object({ version: versionNumber, savedAt: timeSchema, bytes: z.int() })
export type GraphVersion = z.output<typeof graphVersionSchema>

export const storedGraphSchema = z.object({
  id: graphIdSchema,
  version: versionNumber,
  updatedAt: timeSchema,
  document: documentSchema,
})
export type StoredGraph = z.output<typeof storedGraphSchema>

const list = z.object({ graphs: z.array(graphSummarySchema) })
const saved = z.object({ version: versionNumber })

/** Graphs with their versions: every save is one, nothing saved is ever lost. */
export const graphEndpoints = {
  listGraphs: defineEndpoint({
    method: 'GET',
    path: '/graphs',
    group: 'graphs',
    summary: 'All graphs, newest change first.',
    params: nothing,
    query: nothing,
    body: null,
    response: list,
    status: 200,
  }),
  createGraph: defineEndpoint({
    method: 'POST',
    path: '/graphs',
    group: 'graphs',
    summary: 'Saves a new graph.',
    params: nothing,
    query: nothing,
    /** `draft`: what it was until now; its runs belong to the graph from then on. */
    body: z.object({ document: anyDocumentSchema, draft: draftIdSchema.exactOptional() }),
    response: z.object({ id: graphIdSchema, version: versionNumber }),
    status: 201,
    refusals: [422],
  }),
  getGraph: defineEndpoint({
    method: 'GET',
    path: '/graphs/{id}',
    group: 'graphs',
    summary: 'A graph at its newest version.',
    params,
    query: nothing,
    body: null,
    response: storedGraphSchema,
    status: 200,
  }),
  saveGraph: defineEndpoint({
    method: 'PUT',
    path: '/graphs/{id}',
    group: 'graphs',
    summary: 'Saves a new version; refused (409) when `baseVersion` is not the newest any more.',
    params,
    query: nothing,
    body: z.object({ document: anyDocumentSchema, baseVersion: versionNumber }),
    response: saved,
    status: 200,
    refusals: [409, 422],
  }),
  listGraphVersions: defineEndpoint({
    method: 'GET',
    path: '/graphs/{id}/versions',
    group: 'graphs',
    summary: 'The versions of a graph, newest first.',
    params,
    query: nothing,
    body: null,
    response: z.object({ versions: z.array(graphVersionSchema) }),
    status: 200,
  }),
  getGraphVersion: defineEndpoint({
    method: 'GET',
    path: '/graphs/{id}/versions/{version}',
    group: 'graphs',
    summary: 'The document of one version.',
    params: versionParams,
    query: nothing,
    body: null,
    response: z.object({ document: documentSchema }),
    status: 200,
  }),
  restoreGraphVersion: defineEndpoint({
    method: 'POST',
    path: '/graphs/{id}/versions/{version}/restore',
    group: 'graphs',
    summary: 'Saves an old version again as the newest one.',
    params: versionParams,
    query: nothing,
    body: null,
    response: saved,
    status: 200,
  }),
  deleteGraph: defineEndpoint({
    method: 'DELETE',
    path: '/graphs/{id}',
    group: 'graphs',
    summary: 'Moves a graph to the trash.',
    params,
    query: nothing,
    body: null,
    response: null,
    status: 204,
  }),
  listTrash: defineEndpoint({
    method: 'GET',
    path: '/trash',
    group: 'graphs',
    summary: 'Deleted graphs, newest first.',
    params: nothing,
    query: nothing,
    body: null,
    response: list,
    status: 200,
  }),
  restoreGraph: defineEndpoint({
    method: 'POST',
    path: '/trash/{id}/restore',
    group: 'graphs',
    summary: 'Takes a graph out of the trash.',
    params,
    query: nothing,
    body: null,
    response: saved,
    status: 200,
  }),
} as const
