import { z } from 'zod'
import { blobReferenceSchema } from '../values/blob-reference.js'
import { defineEndpoint } from './endpoint.js'
import { anyDocumentSchema } from './catalogue.js'

export const programEndpoints = {
  writeProgram: defineEndpoint({
    method: 'POST',
    path: '/programs',
    group: 'catalogue',
    summary:
      'A graph as a PyTorch program that needs no Graft, in a zip file. Reads images and network; trains nothing.',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      document: anyDocumentSchema,
      /** The Train whose network the program gives; needed where the graph has several last ones. */
      train: z.string().max(64).exactOptional(),
      /** Whether torchvision's or timm's constructor makes the network; refused where neither makes exactly this one. */
      byLibrary: z.boolean().exactOptional(),
    }),
    response: z.object({ file: blobReferenceSchema, remarks: z.array(z.string()) }),
    status: 200,
    refusals: [422],
  }),
} as const
