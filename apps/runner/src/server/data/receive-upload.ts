import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import type { Request } from 'express'
import { HttpProblem } from '../http/http-problem.js'
import { tooLarge } from '../http/read-body.js'
import type { Services } from '../services/services.js'
import { Staging } from './staging.js'
import type { WhenTaken } from './staging.js'
import { unpackZip } from './unpack-zip.js'
import { placeDataset } from './upload-names.js'

export interface Upload {
  readonly path: string
  readonly files: number
  readonly ignored: { file: string; reason: string }[]
}

/**
 * Takes in a zip file or a form of files, as a new folder among the uploads: all of it, or nothing. Throws HttpProblem.
 */
export async function receiveUpload(
  request: Request,
  { name, existing }: { readonly name: string; readonly existing: WhenTaken },
  { roots, limits, home }: Pick<Services, 'roots' | 'limits' | 'home'>,
): Promise<Upload> {
  const folder = placeDataset(name)
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limits.uploadBytes) throw tooLarge(limits.uploadBytes)
  const staging = new Staging(roots.uploads, { files: limits.uploadFiles, bytes: limits.unpackedBytes })
  try {
    if (type === 'application/zip' || type === 'application/x-zip-compressed')
      await receiveZip(request, staging, limits.uploadBytes, home.temporary)
    else if (type === 'multipart/form-data') await receiveForm(request, staging, limits.uploadBytes)
    else
      throw new HttpProblem(
        415,
        'not-an-upload',
        `The body has the media type "${(type ?? '').slice(0, 100)}"; expected application/zip or multipart/form-data.`,
      )
    return { path: await staging.finish(folder, existing), files: staging.files, ignored: staging.ignored }
  } catch (error) {
    await staging.discard()
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new HttpProblem(507, 'disk-full', 'The disk is full; nothing was stored. Free some space.')
    throw error
  }
}

/** A zip file's list is at its end, so it is kept whole before anything is unpacked. */
async function receiveZip(request: Request, staging: Staging, limit: number, temporary: string): Promise<void> {
  const path = join(temporary, `upload-${randomBytes(8).toString('hex')}.zip`)
  await mkdir(temporary, { recursive: true })
  try {
    await pipeline(request, bounded(limit), createWriteStream(path, { flags: 'wx' }))
    await unpackZip(path, staging)
  } finally {
    await rm(path, { force: true })
  }
}

/** The parts of a form, each written as it comes. A part's file name holds its class folder: `cats/1.jpg`. */
async function receiveForm(request: Request, staging: Staging, limit: number): Promise<void> {
  const writes: Promise<void>[] = []
  let failure: unknown = null
  const fail = (error: unknown): void => {
    failure ??= error
  }
  const form = parserFor(request)
  form.on('file', (_, stream, { filename }) => {
    try {
      const path = failure === null ? staging.place(filename ?? '') : null
      if (path === null) stream.resume()
      else
        writes.push(
          staging.write(stream, path).catch((error: unknown) => {
            fail(error)
            stream.resume()
          }),
        )
    } catch (error) {
      fail(error)
      stream.resume()
    }
  })
  await pipeline(request, bounded(limit), form).catch((error: unknown) =>
    fail(
      error instanceof HttpProblem
        ? error
        : new HttpProblem(
            400,
            'form-invalid',
            `The form cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'it ends too early'}.`,
          ),
    ),
  )
  await Promise.all(writes)
  if (failure !== null) throw failure
}

function parserFor(request: Request): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      preservePath: true,
      defParamCharset: 'utf8',
      limits: { fieldSize: 10_000, fields: 100, headerPairs: 20 },
    })
  } catch {
    throw new HttpProblem(400, 'form-invalid', 'The form cannot be read: its boundary is missing.')
  }
}

function bounded(limit: number): Transform {
  let bytes = 0
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.byteLength
      if (bytes > limit) done(tooLarge(limit))
      else done(null, chunk)
    },
  })
}
