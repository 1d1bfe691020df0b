import { z } from 'zod'
import { documentSchema } from '../document.js'
import { anyDocumentSchema } from './catalogue.js'
import { defineEndpoint } from './endpoint.js'
import { draftIdSchema, graphIdSchema } from './ids.js'

const nothing = z.object({})
const params = z.object({ id: draftIdSchema })

/** The saved graph, and the version of it, that a draft was made from; null: it was never saved. */
const origin = z.object({ graphId: graphIdSchema, version: z.int().min(1) }).nullable()
/** Milliseconds since 1970, by the clock of the page that wrote it: the newer copy of a draft is the one to go on with. */
const savedAt = z.number().min(0).max(8.64e15)

export const draftSummarySchema = z.object({
  id: draftIdSchema,
  name: z.string(),
  nodes: z.int().min(0),
  savedAt,
  origin,
})
export type DraftSummary = z.output<typeof draftSummarySchema>

/** Edits that nobody has saved yet, kept so that another browser, or this one after a clean-up, finds them. */
export const draftEndpoints = {
  listDrafts: defineEndpoint({
    method: 'GET',
    path: '/drafts',
    group: 'drafts',
    summary: 'Drafts, newest first.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ drafts: z.array(draftSummarySchema) }),
    status: 200,
  }),
  getDraft: defineEndpoint({
    method: 'GET',
    path: '/drafts/{id}',
    group: 'drafts',
    summary: 'A draft with its document.',
    params,
    query: nothing,
    body: null,
    response: z.object({ document: documentSchema, savedAt, origin }),
    status: 200,
  }),
  keepDraft: defineEndpoint({
    method: 'PUT',
    path: '/drafts/{id}',
    group: 'drafts',
    summary:
      'Keeps a draft. Refused (409) when the copy here is another than the one it was made from, or there are as many drafts as are kept: none makes way.',
    params,
    query: nothing,
    /** `base`: `savedAt` of the copy here that this one was made from; null: it knows of none. */
    body: z.object({ document: anyDocumentSchema, savedAt, origin, base: savedAt.nullable() }),
    response: z.object({ savedAt }),
    status: 200,
    refusals: [409, 422],
  }),
  discardDraft: defineEndpoint({
    method: 'DELETE',
    path: '/drafts/{id}',
    group: 'drafts',
    summary: 'Forgets a draft; one that is not there is forgotten already.',
    params,
    query: nothing,
    body: null,
    response: null,
    status: 204,
  }),
} as const
