import { z } from 'zod'
import { documentSchema } from '../document.js'
import { problemSchema } from '../events.js'
import { manifestSchema } from '../manifest.js'
import { defineEndpoint } from './endpoint.js'

const nothing = z.object({})

export const templateSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Null: for no quadrant in particular. */
  quadrant: z.object({ size: z.enum(['small', 'large']), similarity: z.enum(['similar', 'different']) }).nullable(),
  /** Does it wait for a folder of photos? The others bring images. */
  needsPhotos: z.boolean(),
  summary: z.string(),
})
export type TemplateSummary = z.output<typeof templateSummarySchema>

/** A document as someone has it: anything that JSON holds. Whether it is a graph is for the answer to say. */
export const anyDocumentSchema = z.record(z.string(), z.unknown())

export const validationSchema = z.object({
  problems: z.array(problemSchema),
  /** The document, parsed and migrated; null when it can't be read. */
  document: documentSchema.nullable(),
})
export type Validation = z.output<typeof validationSchema>

/** What there is to build graphs from. */
export const catalogueEndpoints = {
  listNodes: defineEndpoint({
    method: 'GET',
    path: '/nodes',
    group: 'catalogue',
    summary: 'Every node type: ports, parameters as JSON Schema, documentation.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ nodes: z.array(manifestSchema) }),
    status: 200,
  }),
  listTemplates: defineEndpoint({
    method: 'GET',
    path: '/templates',
    group: 'catalogue',
    summary: 'Pipelines to start from.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ templates: z.array(templateSummarySchema) }),
    status: 200,
  }),
  getTemplate: defineEndpoint({
    method: 'GET',
    path: '/templates/{id}',
    group: 'catalogue',
    summary: 'The document of a template.',
    params: z.object({ id: z.string().max(100) }),
    query: nothing,
    body: null,
    response: z.object({ document: documentSchema }),
    status: 200,
  }),
  validate: defineEndpoint({
    method: 'POST',
    path: '/validate',
    group: 'catalogue',
    summary: 'Everything wrong with a document, without running it.',
    params: nothing,
    query: nothing,
    body: z.object({ document: anyDocumentSchema }),
    response: validationSchema,
    status: 200,
  }),
} as const
