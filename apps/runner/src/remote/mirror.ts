import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { NeededFile } from '@graft/graph-schema'
import { GraftError } from '@graft/errors'

type ListedFile = Extract<NeededFile, { readonly sha256: string }>

/** So much is asked for at once. */
const batchBytes = 64 * 2 ** 20
const batchFiles = 1000
/** An answer that breaks off is asked for so often, as long as no further file comes. */
const mostTries = 5
const retryMilliseconds = 1000

/** Gives the bytes of files, one after the other. */
export type SendFiles = (files: readonly ListedFile[]) => Promise<AsyncIterable<Uint8Array>>

/**
 * Makes the files of a list available below `tree`, each at its path on the server. They are kept once, by content,
 * below `objects`; a tree holds links to them. What comes without its checksum is not kept.
 * @throws GraftError when a path climbs, or a file is not what the list says
 */
export async function fillTree(
  list: readonly NeededFile[],
  { tree, objects }: { readonly tree: string; readonly objects: string },
  send: SendFiles,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const files = list.filter((entry) => 'sha256' in entry)
  for (const entry of list) if ('folder' in entry) await mkdir(placeIn(tree, entry.folder), { recursive: true })
  const objectOf = ({ sha256 }: ListedFile): string => join(objects, sha256.slice(0, 2), sha256)
  const place = async (file: ListedFile): Promise<void> =>
    linkInto(placeIn(tree, file.path), objectOf(file), file.bytes)
  const absent = new Map<string, ListedFile>()
  // Linked before anything comes: another worker on this machine may tidy meanwhile, and leaves what is linked.
  for (const file of files)
    if (await hasSize(objectOf(file), file.bytes)) await place(file)
    else absent.set(file.sha256, file)
  for (const batch of batchesOf([...absent.values()])) {
    await bring(batch, send, objectOf)
    onProgress(batch.reduce((sum, { bytes }) => sum + bytes, 0))
  }
  for (const file of files) await place(file)
}

/** Where a path of the server stands in a tree. Throws GraftError for one that climbs. */
function placeIn(tree: string, path: string): string {
  if (path.startsWith('/') && !path.includes('\0') && normalize(path) === path && !path.split('/').includes('..'))
    return join(tree, path)
  throw new GraftError({
    code: 'path-invalid',
    message: `The server's list names the path ${JSON.stringify(path.slice(0, 200))}, which is not an absolute path in its plain form.`,
    fix: 'Workers and servers run on systems whose paths begin with a slash. Report this if both do.',
  })
}

function batchesOf(files: readonly ListedFile[]): readonly (readonly ListedFile[])[] {
  const batches: ListedFile[][] = []
  let bytes = 0
  for (const file of files) {
    const last = batches.at(-1)
    if (last !== undefined && last.length < batchFiles && bytes + file.bytes <= batchBytes) last.push(file)
    else {
      batches.push([file])
      bytes = 0
    }
    bytes += file.bytes
  }
  return batches
}

/** Answers that break off are asked for again, from the first file that did not come whole. */
async function bring(
  batch: readonly ListedFile[],
  send: SendFiles,
  objectOf: (file: ListedFile) => string,
): Promise<void> {
  let left = batch
  for (let tries = 1; left.length > 0; tries++) {
    try {
      return await receive(left, await send(left), objectOf)
    } catch (error) {
      // Node's word for a connection that ended too early.
      if (!(error instanceof TypeError) || tries === mostTries) throw error
    }
    const before = left.length
    while (left[0] !== undefined && (await hasSize(objectOf(left[0]), left[0].bytes))) left = left.slice(1)
    if (left.length < before) tries = 0
    await pause(retryMilliseconds)
  }
}

/** Cuts what comes into the files that were asked for. */
async function receive(
  files: readonly ListedFile[],
  parts: AsyncIterable<Uint8Array>,
  objectOf: (file: ListedFile) => string,
): Promise<void> {
  const source = parts[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  for (const file of files) {
    const target = objectOf(file)
    await mkdir(dirname(target), { recursive: true })
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
    try {
      const hash = createHash('sha256')
      const handle = await open(temporary, 'wx')
      try {
        for (let missing = file.bytes; missing > 0; ) {
          if (rest.byteLength === 0) {
            const next = await source.next()
            if (next.done === true) throw changed(file)
            rest = next.value
          }
          const part = rest.subarray(0, missing)
          rest = rest.subarray(part.byteLength)
          missing -= part.byteLength
          hash.update(part)
          await handle.writeFile(part)
        }
      } finally {
        await handle.close()
      }
      if (hash.digest('hex') !== file.sha256) throw changed(file)
      await rename(temporary, target)
    } finally {
      await rm(temporary, { force: true })
    }
  }
}

const changed = ({ path }: ListedFile): GraftError =>
  new GraftError({
    code: 'file-changed',
    message: `The file ${path} did not come from the server as it was listed: it was changed, or damaged on the way.`,
    fix: 'Wait until nothing changes it any more, then run again.',
  })

async function linkInto(place: string, object: string, bytes: number): Promise<void> {
  if (await hasSize(place, bytes)) return
  await mkdir(dirname(place), { recursive: true })
  await rm(place, { force: true })
  // Another run of the same list may be as far.
  await link(object, place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  if (!existsSync(path)) return false
  return (await stat(path)).size === bytes
}
