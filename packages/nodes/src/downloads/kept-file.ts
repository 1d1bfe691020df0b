import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'

const factsSchema = z.object({
  /** Where it came from, without query. */
  address: z.string(),
  /** What a server is asked with, whether it still has the same. */
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  /** When it was last asked, in milliseconds since 1970. */
  checked: z.number(),
  /** Of the whole file; absent in the notes of a part, and of a file that the server doesn't have. */
  sha256: z.string().optional(),
  bytes: z.number().optional(),
  /** What the server answers instead of a file that it doesn't have. */
  absent: z.string().optional(),
})

/** What is known of a kept file, beside it as `NAME.json`; of a part as `NAME.part.json`. */
export type FileFacts = z.output<typeof factsSchema>

/** Where the facts of a kept file stand. */
export const factsPath = (path: string): string => `${path}.json`

/** Null when there are none, or they can't be read: then nothing is believed. */
export async function readFacts(path: string): Promise<FileFacts | null> {
  try {
    return factsSchema.parse(JSON.parse(await readFile(factsPath(path), 'utf8')))
  } catch {
    return null
  }
}

export async function writeFacts(path: string, facts: FileFacts): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${factsPath(path)}.${randomUUID()}.tmp`
  await writeFile(temporary, JSON.stringify(facts))
  await rename(temporary, factsPath(path))
}

export async function forget(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(factsPath(path), { force: true })
}

/** Checksums of files as they were when this process read them, by all that the file system tells of a change. */
const known = new Map<string, string>()
const mostKnown = 1000

/** The sha256 of a file, read in pieces; once per process while the file doesn't change. */
export async function sha256OfFile(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  const key = [path, ino, size, mtimeNs, ctimeNs].join(' ')
  const before = known.get(key)
  if (before !== undefined) return before
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const sha256 = hash.digest('hex')
  if (known.size >= mostKnown) known.clear()
  known.set(key, sha256)
  return sha256
}

/** Whether the file is whole: of the size and checksum that were noted when it came. */
export async function isWhole(path: string, facts: FileFacts): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() === true && found.size === facts.bytes && (await sha256OfFile(path)) === facts.sha256
}
