/** Features of one prefix: float32 records of one length, by key. */
export interface FeatureStore {
  /** Values per record. */
  readonly length: number
  /** Those of the keys (each once, in order) that have no sound value yet. A damaged value counts as missing. */
  missing(keys: readonly string[]): Promise<string[]>
  /** Adds records. A key that is there already keeps its value. */
  put(keys: readonly string[], records: Float32Array): Promise<void>
  /** Records one after the other, in the order of the keys; throws when `missing` or `put` has not seen a key. */
  read(keys: readonly string[]): Promise<Float32Array>
  close(): Promise<void>
}

/** A store without a disk, for callers that gave no directory. */
export function createMemoryStore(length: number): FeatureStore {
  const records = new Map<string, Float32Array>()
  return {
    length,
    missing: async (keys) => [...new Set(keys)].filter((key) => !records.has(key)),
    put: async (keys, values) => {
      keys.forEach((key, index) => {
        if (!records.has(key)) records.set(key, values.slice(index * length, (index + 1) * length))
      })
    },
    read: async (keys) => {
      const result = new Float32Array(keys.length * length)
      keys.forEach((key, index) => result.set(records.get(key) ?? notThere(key), index * length))
      return result
    },
    close: async () => records.clear(),
  }
}

export function notThere(key: string): never {
  throw new Error(`The feature "${key}" was read before it was computed. This is a defect of Graft; please report it.`)
}

/** Results of frozen prefixes, one store per prefix; shared by all who name the same place, bounded in size. */
export interface FeatureCache {
  /** Opens the features of one prefix (see `prefixKey`), `length` values each. */
  open(prefixKey: string, length: number): Promise<FeatureStore>
  /** Removes the prefixes used longest ago until the cache fits its limit. */
  trim(): Promise<void>
}

export interface FeatureCacheOptions {
  /** Most bytes kept, checked when a prefix is opened and by `trim`; default 4 GiB. */
  readonly maximumBytes?: number
  /** Most bytes of features kept in memory per open prefix; default 256 MiB. */
  readonly memoryBytes?: number
}

export const defaultMemoryBytes = 256 * 2 ** 20
