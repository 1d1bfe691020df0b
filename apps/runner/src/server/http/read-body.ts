import type { IncomingMessage } from 'node:http'
import { bounded } from '../../store/bounded.js'
import { HttpProblem } from './http-problem.js'

/**
 * Reads a whole body of at most `limit` bytes into memory. Throws HttpProblem 413 above it, as soon as that is known.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of bodyOf(request, limit)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * A body of at most `limit` bytes, part by part. Throws HttpProblem 413 above it, before anything is read where the
 * length was announced.
 */
export function bodyOf(request: IncomingMessage, limit: number): AsyncIterable<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  return bounded(request as AsyncIterable<Buffer>, limit, () => tooLarge(limit))
}

export function tooLarge(limit: number): HttpProblem {
  return new HttpProblem(
    413,
    'body-too-large',
    `The body is larger than the ${Math.floor(limit / 1e6) || limit / 1e6} MB that are accepted here. Send less at once.`,
  )
}
