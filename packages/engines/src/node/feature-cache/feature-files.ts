import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { EngineError } from '../../engine.js'
import { bytesOf } from '../../host/hashes.js'

/**
 * Files of one prefix's features. Every process that computes something writes a pair of its own, so processes never
 * write into each other's:
 * `<id>.features` holds records of float32 values, `<id>.index` 64 bytes per record in the same order: sha256 of the
 * key, sha256 of the record. A record is written before its index entry, so a crash leaves at most a tail that no entry
 * names; a torn entry is shorter than 64 bytes and ignored; a damaged record does not match its checksum and counts as
 * missing.
 */
const digestBytes = 32
const entryBytes = 2 * digestBytes

/** Where a record is. */
export interface RecordLocation {
  readonly file: string
  readonly position: number
  readonly checksum: string
}

export const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Every record that the index files of a directory name, by digest of its key; several where one was damaged and
 * computed again.
 */
export async function readLocations(directory: string, recordBytes: number): Promise<Map<string, RecordLocation[]>> {
  const locations = new Map<string, RecordLocation[]>()
  const names = (await readdir(directory)).filter((name) => name.endsWith('.index')).sort()
  for (const name of names) {
    const index = await readFile(join(directory, name)).catch(() => Buffer.alloc(0))
    const file = join(directory, name.replace(/\.index$/, '.features'))
    for (let entry = 0; (entry + 1) * entryBytes <= index.length; entry++) {
      const start = entry * entryBytes
      const key = index.toString('hex', start, start + digestBytes)
      const location = {
        file,
        position: entry * recordBytes,
        checksum: index.toString('hex', start + digestBytes, start + entryBytes),
      }
      locations.set(key, [...(locations.get(key) ?? []), location])
    }
  }
  return locations
}

/** Appends records to a pair of files that is this writer's own. */
export interface FeatureWriter {
  readonly file: string
  /** Returns where the first of the records was put. */
  append(keyDigests: readonly string[], checksums: readonly string[], records: Float32Array): Promise<number>
  close(): Promise<void>
}

/** Starts a new pair of files; throws EngineError when the directory can't be written. */
export async function createFeatureWriter(directory: string): Promise<FeatureWriter> {
  const file = join(directory, `${randomUUID()}.features`)
  const handles = await explained(directory, async () => {
    await mkdir(directory, { recursive: true })
    return { data: await open(file, 'wx'), index: await open(file.replace(/\.features$/, '.index'), 'wx') }
  })
  let written = 0
  return {
    file,
    append: (keyDigests, checksums, records) =>
      explained(directory, async () => {
        const position = written
        await writeFully(handles.data, bytesOf(records))
        written += records.byteLength
        await writeFully(
          handles.index,
          Buffer.from(keyDigests.map((digest, index) => digest + (checksums[index] as string)).join(''), 'hex'),
        )
        return position
      }),
    close: async () => {
      await handles.data.close()
      await handles.index.close()
    },
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten
}

async function explained<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const reason = textOf(error)
    throw new EngineError(
      `The feature cache in ${directory} can't be written: ${reason}. Expected a folder that may be written, on a disk with room.`,
      'Free some space, choose another cache folder, or switch cacheFeatures off.',
    )
  }
}

/** Reads a record into `target`; false when the file is gone or too short. */
export async function readRecord(handle: FileHandle | null, position: number, target: Uint8Array): Promise<boolean> {
  if (!handle) return false
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done)
    if (bytesRead === 0) return false
    done += bytesRead
  }
  return true
}
