import { z } from 'zod'
import { problemSchema } from '../events.js'
import { blobReferenceSchema } from '../values/blob-reference.js'
import { anyDocumentSchema } from './catalogue.js'
import { defineEndpoint } from './endpoint.js'

const countOrUnknown = z.number()
const shape = z.array(z.number()).readonly()
/** How many pixels of the image a value depends on; null: perhaps on all of them. */
const receptiveField = z.object({ height: z.number(), width: z.number() }).nullable()

/** A network for people: stages and layers with shapes, parameters and work. */
export const networkSummarySchema = z.object({
  name: z.string(),
  input: z.object({ name: z.string(), shape }),
  parameters: z.number(),
  trainable: z.number(),
  /** Multiply-accumulate operations of one forward pass of one image. */
  macs: countOrUnknown,
  /** Drawn from what is known of the network: its weights were not downloaded yet. */
  isOutline: z.boolean(),
  classNames: z.array(z.string()).readonly().nullable(),
  licence: z.string().nullable(),
  source: z.string(),
  history: z.array(z.string()).readonly(),
  preprocessing: z.object({
    height: z.number(),
    width: z.number(),
    resize: z.enum(['stretch', 'crop']),
    cropFraction: z.number(),
    interpolation: z.enum(['bilinear', 'bicubic']),
    channelOrder: z.enum(['rgb', 'bgr']),
    mean: z.array(z.number()).readonly(),
    deviation: z.array(z.number()).readonly(),
    /** All of it in words, with the reason. */
    explanation: z.string(),
    /** Whether scaling and channel order are known; else people have to be warned. */
    certain: z.boolean(),
  }),
  stages: z
    .array(
      z.object({
        name: z.string(),
        shape,
        parameters: z.number(),
        trainable: z.number(),
        macs: z.number(),
        receptiveField,
        /** Batch-normalisation policy of its layers: `frozen`, `batch`, `mixed`, or null when it has none. */
        statistics: z.enum(['frozen', 'batch', 'mixed']).nullable(),
        layers: z
          .array(
            z.object({
              name: z.string(),
              operator: z.string(),
              shape,
              parameters: z.number(),
              trainable: z.number(),
              macs: z.number(),
              receptiveField,
              /** Whether the network may be cut after it: no other path passes by. */
              cut: z.boolean(),
              /** Has parameters, none of which is trained. */
              frozen: z.boolean(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
})
export type NetworkSummary = z.output<typeof networkSummarySchema>

export const inspectionSchema = z.object({
  /** What would arrive, by input port; a list where a port takes several edges. Ports without an edge are left out. */
  inputs: z.record(z.string(), z.unknown()),
  /** The networks among them. */
  networks: z.record(z.string(), networkSummarySchema),
  /** What the node itself would give, when that is known without expense. */
  outputs: z.record(z.string(), z.unknown()),
  outputNetworks: z.record(z.string(), networkSummarySchema),
  /** Images that the node shows of what it would give. */
  previews: z.array(z.object({ title: z.string(), blob: blobReferenceSchema })),
  /**
   * Why nothing can be told of the node yet: what comes before it doesn't work, or takes long and has not run. All else
   * is empty then, but for `problems`.
   */
  missing: z.string().exactOptional(),
  /** Why there are no outputs, when there are none. */
  problems: z.array(problemSchema),
  /** What the node warns of. */
  warnings: z.array(z.string()).exactOptional(),
})
export type Inspection = z.output<typeof inspectionSchema>

export const inspectEndpoints = {
  inspect: defineEndpoint({
    method: 'POST',
    path: '/inspect',
    group: 'catalogue',
    summary:
      'What would arrive at the inputs of a node. Runs only cheap nodes; `missing` says so when an expensive one upstream has no stored result.',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ document: anyDocumentSchema, node: z.string().max(64) }),
    response: inspectionSchema,
    status: 200,
    refusals: [422],
  }),
} as const
