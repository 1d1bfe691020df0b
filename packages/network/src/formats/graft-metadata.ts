import { z } from 'zod'
import { classifierHead, upgradeNetwork } from '../head.js'
import type { Head, Network, Preprocessing } from '../network.js'
import type { PreprocessingOrigin } from '../preprocessing-origin.js'
import { originOf } from '../preprocessing/origin-of.js'
import { networkSchema, originSchema, preprocessingSchema } from './network-schema.js'

/** Keys under which Graft writes and reads what a format itself has no place for: ONNX's `metadata_props`, safetensors' `__metadata__`. */
export const metadataKeys = {
  /** JSON list of class names in logit order. */
  classNames: 'graft.classNames',
  /** Id of the task that the outputs answer: `single-label`, `multi-label`. Absent in files of Graft 0.1. */
  task: 'graft.task',
  /** JSON list of the probabilities from which each class counts as there, where the task decides so. */
  thresholds: 'graft.thresholds',
  /** JSON of the `Preprocessing` contract. */
  preprocessing: 'graft.preprocessing',
  /** JSON of the `PreprocessingOrigin`: why it is that, and whether it is certain. */
  preprocessingOrigin: 'graft.preprocessingOrigin',
  /** JSON of the whole `Network` without weights: stages, freezing, layer names, provenance. */
  network: 'graft.network',
} as const

/** Metadata of an exported classifier. */
export function describeNetwork(network: Network): Record<string, string> {
  const { head } = network
  return {
    [metadataKeys.classNames]: JSON.stringify(head?.names ?? null),
    ...(head !== null && { [metadataKeys.task]: head.task }),
    ...(head?.thresholds !== undefined && { [metadataKeys.thresholds]: JSON.stringify(head.thresholds) }),
    [metadataKeys.preprocessing]: JSON.stringify(network.preprocessing),
    [metadataKeys.preprocessingOrigin]: JSON.stringify(originOf(network)),
    [metadataKeys.network]: JSON.stringify(network),
  }
}

/** The same without the network itself: for formats that describe it in their own words. */
export function describeUse(network: Network): Record<string, string> {
  const { [metadataKeys.network]: _, ...facts } = describeNetwork(network)
  return facts
}

/**
 * A network with what Graft wrote beside it (`describeUse`): how images are prepared, and what its classes are called
 * where there are as many.
 * @param written what a file holds; anything else than Graft's keys is left out
 */
export function withUse(network: Network, written: unknown, classes: number | undefined): Network {
  const texts = z.record(z.string(), z.unknown()).safeParse(written).data ?? {}
  const { head, preprocessing, preprocessingOrigin } = readMetadata(
    Object.fromEntries(
      Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  )
  const [, height, width] = network.input.shape
  const fits = preprocessing !== null && preprocessing.height === height && preprocessing.width === width
  return {
    ...network,
    ...(network.head !== null && head?.names.length === classes && { head }),
    ...(fits && { preprocessing, preprocessingOrigin: preprocessingOrigin ?? originOf(network) }),
  }
}

export interface GraftMetadata {
  readonly head: Head | null
  readonly preprocessing: Preprocessing | null
  readonly preprocessingOrigin: PreprocessingOrigin | null
  readonly network: Network | null
}

/** What a model file says about itself; entries that are absent or malformed are null. */
export function readMetadata(metadata: Readonly<Record<string, string>>): GraftMetadata {
  return {
    head: headIn(metadata),
    preprocessing: parsed(metadata[metadataKeys.preprocessing], preprocessingSchema),
    preprocessingOrigin: parsed(metadata[metadataKeys.preprocessingOrigin], originSchema),
    network: parsed(metadata[metadataKeys.network], z.preprocess(upgradeNetwork, networkSchema)) as Network | null,
  }
}

function headIn(metadata: Readonly<Record<string, string>>): Head | null {
  const names = parsed(metadata[metadataKeys.classNames], z.array(z.string()).nonempty())
  if (names === null) return null
  const thresholds = parsed(metadata[metadataKeys.thresholds], z.array(z.number().min(0).max(1)).length(names.length))
  const { task } = classifierHead(names)
  return { task: metadata[metadataKeys.task] ?? task, names, ...(thresholds !== null && { thresholds }) }
}

function parsed<Value>(text: string | undefined, schema: z.ZodType<Value>): Value | null {
  if (text === undefined) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
