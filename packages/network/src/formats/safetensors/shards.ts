import { FormatError } from '../../weight-format.js'
import type { WeightsFile } from '../format.js'
import type { ModelFiles } from '../model-files.js'
import { openSafetensorsFile } from './read.js'

/** A part of a model that hubs keep in several files: `model-00002-of-00003.safetensors`. */
interface Shard {
  readonly prefix: string
  readonly number: number
  readonly count: number
}

const mostShards = 10_000

/** What the name says; null when the file is a whole one. */
export function shardOf(name: string): Shard | null {
  const [, prefix = '', number = '', count = ''] = /^(.*)-(\d{5})-of-(\d{5})\.safetensors$/i.exec(name) ?? []
  const shard = { prefix, number: Number(number), count: Number(count) }
  return count === '' || shard.count > mostShards ? null : shard
}

/** All files of the model that this one is of, itself first where it is whole. */
export function shardNames(name: string): readonly string[] {
  const shard = shardOf(name)
  if (shard === null) return [name]
  const digits = (number: number): string => String(number).padStart(5, '0')
  return Array.from(
    { length: shard.count },
    (_, index) => `${shard.prefix}-${digits(index + 1)}-of-${digits(shard.count)}.safetensors`,
  )
}

/** Opens a safetensors file, or all shards of the model that it is of. Throws FormatError when one is missing or holds a tensor of another. */
export async function openShards(files: ModelFiles, name: string): Promise<WeightsFile> {
  const names = shardNames(name)
  if (names.length === 1) return openSafetensorsFile(files, name)
  const missing: string[] = []
  for (const shard of names) if (!(await files.has(shard))) missing.push(shard)
  if (missing.length > 0)
    throw new FormatError(
      `${missing.length} of the ${names.length} files of ${files.label} are missing (${missing.slice(0, 3).join(', ')}).`,
      'Download all parts of the model and keep them together.',
    )
  return joined(await Promise.all(names.map((shard) => openSafetensorsFile(files, shard))))
}

function joined(shards: readonly WeightsFile[]): WeightsFile {
  const holders = new Map<string, WeightsFile>()
  for (const shard of shards)
    for (const tensor of shard.shapes.keys()) {
      if (holders.has(tensor))
        throw new FormatError(
          `Tensor ${tensor} is in two files of the model.`,
          'Download the model again; its files are of different versions.',
        )
      holders.set(tensor, shard)
    }
  return {
    shapes: new Map(shards.flatMap(({ shapes }) => [...shapes])),
    metadata: Object.assign({}, ...shards.map(({ metadata }) => metadata)) as WeightsFile['metadata'],
    read: async (tensor) => {
      const shard = holders.get(tensor)
      if (shard !== undefined) return shard.read(tensor)
      throw new FormatError(`The model has no tensor ${tensor}.`, 'Check that it belongs to this network.')
    },
  }
}
