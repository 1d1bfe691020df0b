import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BlobReference, RunEvent } from '@graft/graph-schema'
import { z } from 'zod'
import { makeFolder } from './check-output-folder.js'
import { StoreError } from '../store/file-blob-store.js'
import type { FileBlobStore } from '../store/file-blob-store.js'

const fileLike = z.object({
  kind: z.enum(['file', 'report']),
  blob: z.object({ sha256: z.string(), bytes: z.number(), mediaType: z.string(), name: z.string().optional() }),
})
const extensions: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'text/csv': '.csv',
  'text/plain': '.txt',
  'application/json': '.json',
  'image/png': '.png',
  'image/jpeg': '.jpg',
}

export interface WrittenFile {
  readonly node: string
  readonly path: string
  readonly bytes: number
}

/**
 * Copies the files and reports among a run's outputs to a folder, under their suggested names; two of one name are told
 * apart by their node. Throws StoreError when one is damaged or gone; nothing is left of it in the folder.
 */
export async function writeOutputs(
  outputs: Extract<RunEvent, { type: 'run-finished' }>['outputs'],
  store: Pick<FileBlobStore, 'path' | 'damaged'>,
  directory: string,
): Promise<WrittenFile[]> {
  const taken = new Set<string>()
  const written: WrittenFile[] = []
  for (const [node, ports] of Object.entries(outputs)) {
    for (const [port, value] of Object.entries(ports)) {
      const parsed = fileLike.safeParse(value)
      if (!parsed.success) continue
      const blob = parsed.data.blob as BlobReference
      const path = resolve(directory, freeName(safeName(blob, `${node}-${port}`), node, taken))
      const isWhole = await copyAtomically(store.path(blob.sha256), path, directory, blob.sha256)
      if (!isWhole) {
        await store.damaged(blob.sha256)
        throw damagedResult(node, blob)
      }
      written.push({ node, path, bytes: blob.bytes })
    }
  }
  return written
}

/** The suggested name without anything that could leave the folder or hide the file. */
export function safeName(blob: Pick<BlobReference, 'name' | 'mediaType'>, fallback: string): string {
  const last = (blob.name ?? '').split(/[\\/]/).at(-1) ?? ''

  const clean = last
    .replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
    .slice(0, 150)
  return clean === '' ? `${fallback}${extensions[blob.mediaType] ?? ''}` : clean
}

function freeName(name: string, node: string, taken: Set<string>): string {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  const candidates = [name, `${stem}-${node}${extension}`]
  for (let number = 2; taken.has((candidates.at(-1) ?? name).toLowerCase()); number++)
    candidates.push(`${stem}-${node}-${number}${extension}`)
  const free = candidates.find((candidate) => !taken.has(candidate.toLowerCase())) ?? name
  // Lower case, for file systems that don't tell a.txt from A.txt.
  taken.add(free.toLowerCase())
  return free
}

function damagedResult(node: string, blob: BlobReference): StoreError {
  return new StoreError(
    `The result "${blob.name ?? blob.sha256.slice(0, 12)}" of node "${node}" was damaged on disk or is gone: what is stored no longer has the checksum it was stored under. It was not written.`,
    'Run the graph again: the node will make it again (`--no-cache` makes everything again).',
    'store-damaged',
  )
}

/** False when the content isn't what the checksum says; then nothing is there. */
async function copyAtomically(from: string, to: string, directory: string, sha256: string): Promise<boolean> {
  await makeFolder(directory)
  const temporary = join(directory, `.graft-${process.pid}.tmp`)
  try {
    const hash = createHash('sha256')
    await pipeline(
      createReadStream(from, { highWaterMark: 1 << 20 }),
      async function* (parts: AsyncIterable<Uint8Array>) {
        for await (const part of parts) {
          hash.update(part)
          yield part
        }
      },
      createWriteStream(temporary),
    )
    if (hash.digest('hex') !== sha256) return false
    await rename(temporary, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (error as NodeJS.ErrnoException).path === from)
      return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}
