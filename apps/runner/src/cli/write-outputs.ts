import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { BlobReference, RunEvent } from '@graft/graph-schema'
import { z } from 'zod'
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
 * apart by their node.
 */
export async function writeOutputs(
  outputs: Extract<RunEvent, { type: 'run-finished' }>['outputs'],
  store: Pick<FileBlobStore, 'path'>,
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
      await copyAtomically(store.path(blob.sha256), path, directory)
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

async function copyAtomically(from: string, to: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, `.graft-${process.pid}.tmp`)
  try {
    await copyFile(from, temporary)
    await rename(temporary, to)
  } finally {
    await rm(temporary, { force: true })
  }
}
