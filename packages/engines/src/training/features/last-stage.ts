import { inferShapes, type Network, partUpTo } from '@graft/network'
import type { FeatureStore } from '../../host/feature-store.js'

/** What a head on the last stage alone reads, as a part of what one on several stages reads. */
export interface LastStage {
  /** The frozen part of a network with such a head, layer by layer. */
  readonly part: Network
  /** The place of its first value among those of all stages. */
  readonly from: number
  readonly length: number
}

/**
 * Of a frozen part that ends in the joined values of several stages; null for all others. Layers of the head are called as
 * they are where it reads one stage: `head.stage4.pool` becomes `head.pool`.
 */
export function lastStageOf(prefix: Network): LastStage | null {
  const join = prefix.layers.find(({ name }) => name === prefix.output)
  const last = join?.inputs.at(-1)
  const own = /^(.*)\.join$/.exec(join?.name ?? '')?.[1]
  if (join?.operator !== 'Concat' || own === undefined || last === undefined || join.inputs.length < 2) return null
  const shapes = inferShapes(prefix)
  const [all = 0, length = 0] = [join.name, last].map((name) => shapes.get(name)?.[1] ?? 0)
  const part = partUpTo(prefix, [last])
  const plain = (name: string): string => {
    if (!name.startsWith(`${own}.`)) return name
    return `${own}.${name.split('.').at(-1) ?? ''}`
  }
  const layers = part.layers.map((layer) => ({ ...layer, name: plain(layer.name), inputs: layer.inputs.map(plain) }))
  return { part: { ...part, layers, output: plain(last) }, from: all - length, length }
}

/** A store that puts a stretch of every record into another one too, which it closes as well. */
export function alsoKeeping(store: FeatureStore, other: FeatureStore, { from, length }: LastStage): FeatureStore {
  return {
    ...store,
    put: async (keys, records) => {
      await store.put(keys, records)
      const wanted = await other.missing(keys)
      const part = new Float32Array(wanted.length * length)
      wanted.forEach((key, index) => {
        const start = keys.indexOf(key) * store.length + from
        part.set(records.subarray(start, start + length), index * length)
      })
      await other.put(wanted, part)
    },
    close: async () => {
      await Promise.all([store.close(), other.close()])
    },
  }
}

/** How many stages a network's head reads: one, unless Add Head joined several. */
export function stagesRead({ layers, stages, output }: Network): number {
  const own = stages.find((stage) => stage.layers.includes(output))?.layers ?? []
  const join = layers.find(
    ({ name, operator }) => operator === 'Concat' && own.includes(name) && name.endsWith('.join'),
  )
  return join?.inputs.length ?? 1
}
