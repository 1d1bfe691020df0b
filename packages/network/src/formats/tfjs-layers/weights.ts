import { z } from 'zod'
import type { TensorData } from '../../network.js'
import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'
import { checkLength } from '../keras-layers/limits.js'
import { openShards, type Shards } from './shards.js'
import { float16ToNumber } from '../safetensors/element-types.js'
import { describeIssues } from '../support/describe-issues.js'

const size = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 31)
const weightSchema = z.looseObject({
  name: z.string(),
  shape: z.array(size).max(8),
  dtype: z.string(),
  quantization: z
    .looseObject({
      dtype: z.enum(['uint8', 'uint16', 'float16']),
      scale: z.number().optional(),
      min: z.number().optional(),
    })
    .optional(),
})
const manifestSchema = z.array(z.looseObject({ paths: z.array(z.string()), weights: z.array(weightSchema) }))

type WeightEntry = z.infer<typeof weightSchema>

interface StoredType {
  readonly bytes: number
  read(view: DataView, offset: number): number
}

const storedTypes: Readonly<Record<string, StoredType>> = {
  float32: { bytes: 4, read: (view, offset) => view.getFloat32(offset, true) },
  float16: { bytes: 2, read: (view, offset) => float16ToNumber(view.getUint16(offset, true)) },
  int32: { bytes: 4, read: (view, offset) => view.getInt32(offset, true) },
  bool: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  uint8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  uint16: { bytes: 2, read: (view, offset) => view.getUint16(offset, true) },
}

/**
 * Reads all weights that a `weightsManifest` lists, from its shard files, as float32 in Keras layout. Quantised weights
 * are
 * `stored * scale + min` (tfjs-converter, quantization.py).
 * @param directory of model.json inside the files, `` or ending in `/`
 * @throws FormatError for missing or cut-off shards and for types that can't be read
 */
export async function readWeights(
  files: ModelFiles,
  directory: string,
  manifest: unknown,
): Promise<ReadonlyMap<string, TensorData>> {
  const weights = new Map<string, TensorData>()
  for (const { paths, weights: entries } of groupsOf(manifest, files.label))
    await readGroup(await openShards(files, inFolder(directory, paths)), entries, files.label, weights)
  return weights
}

/** Names of all shards that a `weightsManifest` lists. Throws FormatError when it is malformed. */
export function shardNames(files: ModelFiles, directory: string, manifest: unknown): readonly string[] {
  return groupsOf(manifest, files.label).flatMap(({ paths }) => inFolder(directory, paths))
}

const inFolder = (directory: string, paths: readonly string[]): readonly string[] =>
  paths.map((path) => `${directory}${path.replace(/^\.\//, '')}`)

function groupsOf(manifest: unknown, label: string): z.output<typeof manifestSchema> {
  checkLength(countWeights(manifest), 'weights', label)
  const groups = manifestSchema.safeParse(manifest)
  if (groups.success) return groups.data
  throw new FormatError(
    `The weightsManifest of ${label} is malformed: ${describeIssues(groups.error)}.`,
    'Convert or save the model again.',
  )
}

const countWeights = (manifest: unknown): number =>
  Array.isArray(manifest)
    ? manifest.reduce((sum: number, group: { weights?: unknown } | null) => {
        return sum + (Array.isArray(group?.weights) ? group.weights.length : 0)
      }, 0)
    : 0

async function readGroup(
  shards: Shards,
  entries: readonly WeightEntry[],
  label: string,
  weights: Map<string, TensorData>,
): Promise<void> {
  let offset = 0
  for (const entry of entries) {
    const type = storedTypeOf(entry)
    const count = entry.shape.reduce((product, axis) => product * axis, 1)
    const end = offset + count * type.bytes
    if (end > shards.size)
      throw new FormatError(
        `The weight files of ${label} are cut off: ${entry.name} needs bytes ${offset} to ${end} of its group, which has ${shards.size}.`,
        'Download the model again.',
      )
    if (weights.has(entry.name))
      throw new FormatError(`The weightsManifest of ${label} lists ${entry.name} twice.`, 'Convert the model again.')
    weights.set(entry.name, { shape: entry.shape, data: decode(await shards.bytes(offset, end), count, type, entry) })
    offset = end
  }
  if (offset !== shards.size)
    throw new FormatError(
      `The weight files of ${label} hold ${shards.size} bytes, but the manifest describes ${offset}. The files don't belong together.`,
      'Download the model again.',
    )
}

function storedTypeOf({ name, dtype, quantization }: WeightEntry): StoredType {
  const stored = quantization?.dtype ?? dtype
  const type = Object.hasOwn(storedTypes, stored) ? storedTypes[stored] : undefined
  if (type) return type
  throw new FormatError(
    `Weight ${name} has element type ${stored}, which can't be read. Expected one of ${Object.keys(storedTypes).join(', ')}.`,
    'Convert the model without it.',
  )
}

function decode(bytes: Uint8Array, count: number, type: StoredType, { quantization }: WeightEntry): Float32Array {
  const { scale = 1, min = 0 } = quantization?.dtype === 'float16' ? {} : (quantization ?? {})
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float32Array(count)
  for (let index = 0; index < count; index += 1) values[index] = type.read(view, index * type.bytes) * scale + min
  return values
}
