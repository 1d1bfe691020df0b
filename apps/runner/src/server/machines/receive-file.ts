import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Request } from 'express'
import { writeStream } from '../../store/write-stream.js'
import { bodyOf } from '../http/read-body.js'

export interface ReceivedFile {
  readonly path: string
  readonly sha256: string
}

/**
 * Writes a body of at most `limit` bytes to a file of its own, flushed to disk, and gives it to `use` with the checksum
 * of what came. The file is gone afterwards unless `use` has moved it. Throws HttpProblem 413 above the limit.
 */
export async function receiveFile<Result>(
  request: Request,
  folder: string,
  limit: number,
  use: (file: ReceivedFile) => Promise<Result>,
): Promise<Result> {
  const body = bodyOf(request, limit)
  await mkdir(folder, { recursive: true })
  const path = join(folder, `received-${randomBytes(8).toString('hex')}`)
  try {
    const sha256 = await writeStream(body, path)
    return await use({ path, sha256 })
  } finally {
    await rm(path, { force: true })
  }
}
