import { type FileHandle, open } from 'node:fs/promises'
import { bytesOf } from '../../host/hashes.js'
import {
  createFeatureWriter,
  digestOf,
  type FeatureWriter,
  readLocations,
  readRecord,
  type RecordLocation,
} from './feature-files.js'
import { type FeatureStore, notThere } from '../../host/feature-store.js'

/**
 * A store in a directory that must exist. Up to `memoryBytes` of the records seen last are kept in memory, the rest is
 * read by position. Every record is checked against its checksum once, when `missing` first meets it.
 */
export async function openDiskStore(directory: string, length: number, memoryBytes: number): Promise<FeatureStore> {
  const recordBytes = length * Float32Array.BYTES_PER_ELEMENT
  const candidates = await readLocations(directory, recordBytes)
  /** Records whose checksum was right. */
  const sound = new Map<string, RecordLocation>()
  const memory = createMemory(Math.floor(memoryBytes / recordBytes))
  const files = createFileHandles()
  let writer: FeatureWriter | undefined

  async function isSound(digest: string): Promise<boolean> {
    if (sound.has(digest)) return true
    const record = new Float32Array(length)
    for (const location of candidates.get(digest) ?? []) {
      if (
        !(await readRecord(await files.open(location.file), location.position, bytesOf(record))) ||
        digestOf(bytesOf(record)) !== location.checksum
      )
        continue
      sound.set(digest, location)
      memory.keep(digest, record)
      return true
    }
    return false
  }

  return {
    length,
    missing: async (keys) => {
      const absent: string[] = []
      for (const key of new Set(keys)) if (!(await isSound(digestOf(key)))) absent.push(key)
      return absent
    },
    put: async (keys, records) => {
      const fresh = newRecords(keys, records, length, sound)
      if (fresh.digests.length === 0) return
      writer ??= await createFeatureWriter(directory)
      const checksums = fresh.records.map((record) => digestOf(bytesOf(record)))
      const start = await writer.append(fresh.digests, checksums, concatenate(fresh.records, length))
      fresh.digests.forEach((digest, index) => {
        sound.set(digest, {
          file: (writer as FeatureWriter).file,
          position: start + index * recordBytes,
          checksum: checksums[index] as string,
        })
        memory.keep(digest, fresh.records[index] as Float32Array)
      })
    },
    read: async (keys) => {
      const result = new Float32Array(keys.length * length)
      for (const [index, key] of keys.entries()) {
        const digest = digestOf(key)
        const target = result.subarray(index * length, (index + 1) * length)
        const kept = memory.get(digest)
        if (kept) target.set(kept)
        else await readChecked(key, sound.get(digest), target)
      }
      return result
    },
    close: async () => {
      await writer?.close()
      await files.close()
    },
  }

  async function readChecked(key: string, location: RecordLocation | undefined, target: Float32Array): Promise<void> {
    if (!location || !(await readRecord(await files.open(location.file), location.position, bytesOf(target))))
      notThere(key)
  }
}

function newRecords(
  keys: readonly string[],
  records: Float32Array,
  length: number,
  known: ReadonlyMap<string, unknown>,
): { digests: string[]; records: Float32Array[] } {
  const fresh = new Map<string, Float32Array>()
  keys.forEach((key, index) => {
    const digest = digestOf(key)
    if (!known.has(digest) && !fresh.has(digest)) fresh.set(digest, records.slice(index * length, (index + 1) * length))
  })
  return { digests: [...fresh.keys()], records: [...fresh.values()] }
}

function concatenate(records: readonly Float32Array[], length: number): Float32Array {
  const result = new Float32Array(records.length * length)
  records.forEach((record, index) => result.set(record, index * length))
  return result
}

/** The newest `capacity` records; older ones make room. */
function createMemory(capacity: number): {
  get(digest: string): Float32Array | undefined
  keep(digest: string, record: Float32Array): void
} {
  const records = new Map<string, Float32Array>()
  return {
    get: (digest) => records.get(digest),
    keep: (digest, record) => {
      records.set(digest, record)
      const oldest = records.size > capacity ? records.keys().next().value : undefined
      if (oldest !== undefined) records.delete(oldest)
    },
  }
}

/**
 * Opens files for reading when first needed. A file stays readable after another process has removed it from a full
 * cache.
 */
function createFileHandles(): { open(file: string): Promise<FileHandle | null>; close(): Promise<void> } {
  const handles = new Map<string, FileHandle | null>()
  return {
    open: async (file) => {
      const known = handles.get(file)
      if (known !== undefined) return known
      const handle = await open(file, 'r').catch(() => null)
      handles.set(file, handle)
      return handle
    },
    close: async () => {
      for (const handle of handles.values()) await handle?.close()
      handles.clear()
    },
  }
}
