import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import { HttpProblem } from './http-problem.js'

/** What stands at an address may be another file tomorrow: it is asked for again, and not sent again. */
export const askAgain = 'private, no-cache'

/**
 * Sends a file that never changes: validators, one range (several are answered with the whole), nothing of it in
 * memory.
 */
export async function sendImmutableFile(
  path: string,
  etag: string,
  request: Request,
  response: Response,
  cacheControl = 'private, max-age=31536000, immutable',
): Promise<void> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    response.set({ ETag: etag, 'Accept-Ranges': 'bytes', 'Cache-Control': cacheControl })
    if (matches(request.headers['if-none-match'], etag)) {
      response.status(304).end()
      return
    }
    const mayRange = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
    const range = mayRange ? parseRange(request.headers.range, size) : null
    if (range === 'unsatisfiable') {
      response.set('Content-Range', `bytes */${size}`)
      throw new HttpProblem(416, 'range', `The artifact has ${size} bytes; the range lies outside of it.`)
    }
    const { start, end } = range ?? { start: 0, end: size - 1 }
    response.status(range === null ? 200 : 206).set('Content-Length', String(end - start + 1))
    if (range !== null) response.set('Content-Range', `bytes ${start}-${end}/${size}`)
    if (request.method === 'HEAD' || size === 0) {
      response.end()
      return
    }
    await pipeline(createReadStream(path, { start, end }), response)
  } catch (error) {
    // The client has gone: no one is left to tell.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw error
  } finally {
    await file.close()
  }
}

function matches(header: string | undefined, etag: string): boolean {
  return (
    header !== undefined &&
    header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag || part.trim() === '*')
  )
}

/** `bytes=0-99`, `bytes=100-`, `bytes=-100`. Null: none that is understood, so everything is sent. */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return null
  const [, first = '', last = ''] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last))
  return start >= size || start > end ? 'unsatisfiable' : { start, end }
}
