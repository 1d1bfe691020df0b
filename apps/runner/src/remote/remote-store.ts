import { randomBytes } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { GraftError } from '@graft/errors'
import type { BlobStore } from '@graft/nodes'
import type { FileBlobStore } from '../store/file-blob-store.js'
import { bounded } from '../store/bounded.js'
import { writeStream } from '../store/write-stream.js'
import { formatBytes } from '../text/format-values.js'
import { ServerRefusal, serverIsFull } from './server-client.js'
import type { ServerClient } from './server-client.js'

/** Sending may take long; what counts is that it goes on. */
const transferTimeout = 30 * 60_000
const mostAsked = 10_000
const mostTries = 10
const pauseMilliseconds = 100
/** A server whose disk is full is left alone for a second, for two, and so on up to this. */
const longestPause = 10_000

/** What a worker takes, and where it is written first. */
export interface RemoteStoreLimits {
  /** Folder on the disk of the store. */
  readonly temporary: string
  /** Most bytes of one artifact. */
  readonly limitBytes: number
  /** Throws for a file of this machine that a list of samples may not name. */
  readonly checkPath: (path: string) => void
}

/** A store in front of the server's: what is not here is fetched, and believed only when it has its checksum. */
export function remoteStore(
  local: FileBlobStore,
  client: ServerClient,
  lease: string,
  limits: RemoteStoreLimits,
): BlobStore {
  return {
    put: (bytes, mediaType, name) => local.put(bytes, mediaType, name),
    has: async (sha256) => (await local.has(sha256)) || (await missing(client, lease, [sha256])).length === 0,
    get: async (sha256) => {
      if (!(await local.has(sha256))) await fetchBlob(local, client, sha256, limits)
      return local.get(sha256)
    },
    checkPath: limits.checkPath,
  }
}

/** To disk as it comes: what a server sends may be larger than the memory. */
async function fetchBlob(
  local: FileBlobStore,
  client: ServerClient,
  sha256: string,
  { temporary, limitBytes }: RemoteStoreLimits,
): Promise<void> {
  await mkdir(temporary, { recursive: true })
  await client.receive('getArtifact', { params: { sha256 } }, async (parts) => {
    const path = join(temporary, `fetched-${randomBytes(8).toString('hex')}`)
    try {
      const came = await writeStream(
        bounded(parts, limitBytes, () => tooLarge(sha256, limitBytes)),
        path,
      )
      if (came !== sha256) throw damaged(sha256)
      await local.adopt(path, sha256, 'application/octet-stream')
    } finally {
      await rm(path, { force: true })
    }
  })
}

const damaged = (sha256: string): GraftError =>
  new GraftError({
    code: 'transfer-damaged',
    message: `The artifact ${sha256.slice(0, 12)}… came from the server with another checksum.`,
    fix: 'Run again; if it stays, check the network and the memory of both machines.',
  })

const tooLarge = (sha256: string, limit: number): GraftError =>
  new GraftError({
    code: 'transfer-too-large',
    message: `The artifact ${sha256.slice(0, 12)}… of the server is larger than the ${formatBytes(limit)} that this worker takes.`,
    fix: 'Start the worker with a larger --data-limit.',
  })

/** Sends the server those of the blobs that it lacks; waits for a server that is away. Throws ServerRefusal. */
export async function sendBlobs(
  local: FileBlobStore,
  client: ServerClient,
  lease: string,
  blobs: readonly string[],
): Promise<void> {
  for (const sha256 of await missing(client, lease, blobs)) await sendBlob(local, client, lease, sha256)
}

/**
 * A server that is there and refuses in the middle of a long body may look like a connection that broke off. So it is
 * asked something short in between, which waits for as long as it is away, and the body is not sent for ever. One whose
 * disk is full is waited for: the next run would not fare better.
 */
async function sendBlob(local: FileBlobStore, client: ServerClient, lease: string, sha256: string): Promise<void> {
  for (let tries = 1, fullTries = 0; ; ) {
    try {
      return await putBlob(local, client, lease, sha256)
    } catch (error) {
      if (!(error instanceof ServerRefusal) || !error.mayPass || tries === mostTries) throw error
      if (error.status === serverIsFull) await pause(Math.min(longestPause, 1000 * ++fullTries))
      else await pause(tries++ * pauseMilliseconds)
    }
    if ((await missing(client, lease, [sha256])).length === 0) return
  }
}

async function putBlob(local: FileBlobStore, client: ServerClient, lease: string, sha256: string): Promise<void> {
  const path = await local.pathOfWhole(sha256)
  client.refuseTooLarge(`artifact ${sha256.slice(0, 12)}…`, statSync(path).size)
  const { mediaType = 'application/octet-stream', name } = (await local.describe(sha256)) ?? {}
  await client.call('putArtifact', {
    params: { lease, sha256 },
    query: { mediaType, ...(name === undefined ? {} : { name: name.slice(0, 200) }) },
    body: () => {
      // One that is gone by now would never be sent.
      statSync(path)
      return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>
    },
    timeout: transferTimeout,
    patience: 0,
  })
}

async function missing(client: ServerClient, lease: string, blobs: readonly string[]): Promise<readonly string[]> {
  const all: string[] = []
  for (let start = 0; start < blobs.length; start += mostAsked) {
    const artifacts = blobs.slice(start, start + mostAsked)
    all.push(...(await client.call('findMissingArtifacts', { params: { lease }, json: { artifacts } })).missing)
  }
  return all
}
