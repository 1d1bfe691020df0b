import { z } from 'zod'
import type { Network, Preprocessing } from '../../network.js'
import { networkSchema, preprocessingSchema } from './network-schema.js'

/** Keys of `metadata_props` that Graft writes and reads. */
export const metadataKeys = {
  /** JSON list of class names in logit order. */
  classNames: 'graft.classNames',
  /** JSON of the `Preprocessing` contract. */
  preprocessing: 'graft.preprocessing',
  /** JSON of the whole `Network` without weights: stages, freezing, layer names, provenance. */
  network: 'graft.network',
} as const

/** Metadata of an exported classifier. */
export function describeNetwork(network: Network): Record<string, string> {
  return {
    [metadataKeys.classNames]: JSON.stringify(network.classNames),
    [metadataKeys.preprocessing]: JSON.stringify(network.preprocessing),
    [metadataKeys.network]: JSON.stringify(network),
  }
}

export interface GraftMetadata {
  readonly classNames: readonly string[] | null
  readonly preprocessing: Preprocessing | null
  readonly network: Network | null
}

/** What a model file says about itself; entries that are absent or malformed are null. */
export function readMetadata(metadata: Readonly<Record<string, string>>): GraftMetadata {
  return {
    classNames: parsed(metadata[metadataKeys.classNames], z.array(z.string()).nonempty()),
    preprocessing: parsed(metadata[metadataKeys.preprocessing], preprocessingSchema),
    network: parsed(metadata[metadataKeys.network], networkSchema) as Network | null,
  }
}

function parsed<Value>(text: string | undefined, schema: z.ZodType<Value>): Value | null {
  if (text === undefined) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
