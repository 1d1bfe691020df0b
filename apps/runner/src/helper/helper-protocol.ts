import type {
  BlobReference,
  Catalogued,
  DatasetValue,
  Explanation,
  Familiarity,
  GraphDocument,
  Inspection,
  NeededFiles,
  Prediction,
  Problem,
  Sample,
} from '@graft/graph-schema'
import { z } from 'zod'

/**
 * What the server asks of its helper process: everything that decodes files of unknown origin, computes, or may take
 * long.
 */
export interface HelperCalls {
  inspect: {
    readonly ask: {
      readonly document: GraphDocument
      readonly node: string
      readonly base: string
      readonly roots: readonly string[]
      readonly graph: string
    }
    readonly answer: Inspection
  }
  /** A graph as a program, zipped into the store. */
  program: {
    readonly ask: {
      readonly document: GraphDocument
      readonly base: string
      readonly roots: readonly string[]
      readonly train?: string
      readonly byLibrary?: boolean
    }
    readonly answer: { readonly file: BlobReference; readonly remarks: readonly string[] }
  }
  /** `checkForRun`, and whether the document can be planned: with plugins both ask them, and wait. */
  check: {
    readonly ask: { readonly document: GraphDocument }
    readonly answer: { readonly problems: readonly Problem[] }
  }
  plan: {
    readonly ask: { readonly document: GraphDocument; readonly to?: readonly string[] }
    readonly answer: Record<string, never>
  }
  thumbnail: {
    readonly ask: { readonly sample: Sample; readonly size: number }
    readonly answer: { readonly jpeg: Uint8Array }
  }
  /** Images that look like each other, in pairs of places in the list. */
  nearCopies: {
    readonly ask: { readonly samples: readonly Sample[] }
    readonly answer: { readonly pairs: readonly { readonly one: number; readonly other: number }[] }
  }
  /** The files that a node reads, listed in an artifact, for a machine that doesn't have them. */
  neededFiles: {
    readonly ask: {
      readonly type: string
      readonly params: Readonly<Record<string, unknown>>
      readonly base: string
      readonly roots: readonly string[]
    }
    readonly answer: NeededFiles
  }
  predict: {
    readonly ask: { readonly model: unknown; readonly image: string }
    readonly answer: Omit<Prediction, 'node'>
  }
  /** Of a file of unknown origin (`image`), or of a sample. */
  explain: {
    readonly ask: {
      readonly model: unknown
      readonly image?: string
      readonly sample?: Sample
      readonly classIndex?: number
    }
    readonly answer: Omit<Explanation, 'node'>
  }
  familiarity: {
    readonly ask: {
      readonly model: unknown
      readonly image: string
      readonly train: DatasetValue
      readonly validation: DatasetValue
    }
    readonly answer: Omit<Familiarity, 'node'>
  }
  engines: { readonly ask: Record<string, never>; readonly answer: { readonly engines: readonly unknown[] } }
  /** Fetches a network that stays; tells how far it is. */
  fetch: {
    readonly ask: { readonly source: string; readonly base: string; readonly roots: readonly string[] }
    readonly answer: { readonly sha256: string }
  }
  networks: {
    readonly ask: Record<string, never>
    /** `first`: what the templates for own photos start from. */
    readonly answer: { readonly networks: readonly (Catalogued & { readonly first: boolean })[] }
  }
  backbones: {
    readonly ask: Record<string, never>
    readonly answer: {
      readonly backbones: readonly {
        readonly source: string
        readonly title: string
        readonly inputSize: number
        readonly parameters: number
        readonly accuracy?: number
        readonly licence: string | null
      }[]
    }
  }
}
export type HelperMethod = keyof HelperCalls

export const toHelper = z.object({
  id: z.int(),
  method: z.enum([
    'inspect',
    'program',
    'check',
    'plan',
    'thumbnail',
    'nearCopies',
    'neededFiles',
    'predict',
    'explain',
    'familiarity',
    'engines',
    'backbones',
    'networks',
    'fetch',
  ]),
  ask: z.record(z.string(), z.unknown()),
})
export const fromHelper = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('progress'), id: z.int(), done: z.number(), total: z.number() }),
  z.object({ type: z.literal('answer'), id: z.int(), value: z.unknown() }),
  z.object({
    type: z.literal('refused'),
    id: z.int(),
    kind: z.enum(['problems', 'expensive', 'failed']),
    problems: z.array(z.custom<Problem>((value) => typeof value === 'object' && value !== null)),
  }),
])
export type FromHelper = z.output<typeof fromHelper>

/** How far something is: both in the same unit, such as bytes; a total of 0 is not known. */
export interface HelperProgress {
  readonly done: number
  readonly total: number
}

/** The helper could not do what was asked. `expensive`: it would have to run nodes that take long. */
export class HelperRefusal extends Error {
  override readonly name = 'HelperRefusal'
  constructor(
    readonly kind: 'problems' | 'expensive' | 'failed' | 'timeout',
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => problem.message).join(' '))
  }
}
